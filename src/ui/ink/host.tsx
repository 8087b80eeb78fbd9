import { Box, render, Text, useApp, useInput, usePaste, useWindowSize } from "ink";
import { useEffect, useSyncExternalStore } from "react";
import type { Paint } from "../paint.ts";
import { textWidth } from "../plan/columns.ts";
import { keysOf, type Stroke } from "../screen/keystrokes.ts";
import { isTooSmall, type Key, type Size, SMALLEST, type View } from "../screen/view.ts";

/** Where something is shown, and what only the caller can do. */
export interface Stage {
  readonly paint: Paint;
  /** On a screen of its own, which is gone afterwards; else below what was printed before. */
  readonly fullScreen: boolean;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly after: (millis: number, run: () => void) => () => void;
  /** Stops this program until somebody continues it; absent where that cannot be. */
  readonly sleep?: () => Promise<void>;
}

export interface Shown<State> {
  state(): State;
  /** What happened outside. Many in a row are drawn once. */
  change(next: (state: State) => State): void;
  /** As if somebody had pressed it. */
  press(key: Key): void;
  /** Gives the terminal away, to an editor or a shell, and takes it back. */
  suspend(run: () => Promise<void>): Promise<void>;
  /** The last frame is taken away. */
  close(): Promise<void>;
}

/** Faster than this nobody reads. */
const FRAME_MS = 33;
/** A key that comes sooner after a frame was typed before anybody saw it. */
const STOOD_MS = 100;

/** Puts up a view until it is closed. Ink draws, and asks for keys; all else is decided in the view. */
export function show<State, Effect>(
  view: View<State, Effect>,
  first: State,
  stage: Stage,
  does: (effect: Effect, shown: Shown<State>) => void,
): Shown<State> {
  let state = first;
  let gone = false;
  let late: (() => void) | undefined;
  let standing: (() => void) | undefined;
  const watchers = new Set<() => void>();
  const redraw = (): void => {
    late?.();
    late = undefined;
    for (const one of watchers) one();
    stand();
  };
  const stand = (): void => {
    standing?.();
    if (view.stood === undefined || gone) return;
    standing = stage.after(STOOD_MS, () => {
      const next = view.stood?.(state) ?? state;
      if (next === state || gone) return;
      state = next;
      for (const one of watchers) one();
    });
  };
  let lend: ((run: () => Promise<void>) => Promise<void>) | undefined;
  // The line below an inline frame is the cursor's.
  const sizeNow = (): Size => ({
    columns: stage.output.columns,
    rows: stage.fullScreen ? stage.output.rows : stage.output.rows - 1,
  });
  let frame: readonly string[] = [];
  let isBroken = false;
  /**
   * Before Ink draws anew: it takes away as many rows as it has drawn. A terminal that got narrower has broken the
   * lines that had no room any more, and some have drawn on them since before they told us; what is left of such a
   * frame leaves the screen at its top, and comes back when there is room again. From then on the whole screen is
   * cleared: what was printed before stays where it has scrolled to.
   */
  const wipe = (): void => {
    if (gone || stage.fullScreen) return;
    const { columns, rows } = stage.output;
    isBroken ||= frame.length >= rows || frame.some((line) => widthOf(line) > columns);
    instance.clear();
    if (isBroken) stage.output.write("\u001B[H\u001B[J");
  };
  const shown: Shown<State> = {
    state: () => state,
    change: (next) => {
      state = next(state);
      late ??= stage.after(FRAME_MS, redraw);
    },
    press: (key) => {
      if (gone) return;
      const turn = view.press(state, key, sizeNow());
      state = turn.state;
      redraw();
      if (turn.does !== undefined) does(turn.does, shown);
    },
    suspend: async (run) => {
      frame = [];
      const alone = async (): Promise<void> => {
        await letGo(stage);
        await run();
      };
      await (lend === undefined ? run() : lend(alone));
    },
    close: async () => {
      if (gone) return;
      gone = true;
      late?.();
      standing?.();
      redraw();
      await instance.waitUntilRenderFlush();
      instance.unmount();
      stage.output.off("resize", wipe);
      await instance.waitUntilExit();
    },
  };

  const Screen = () => {
    const seen = useSyncExternalStore(
      (changed) => {
        watchers.add(changed);
        return () => watchers.delete(changed);
      },
      () => (gone ? undefined : state),
    );
    const { columns, rows } = useWindowSize();
    const { suspendTerminal } = useApp();
    useEffect(() => {
      lend = (run) => suspendTerminal(run);
    }, [suspendTerminal]);
    useInput((text, key) => {
      for (const one of keysOf(strokeOf(text, key))) {
        if (one === "ctrl+z" && stage.sleep !== undefined) void shown.suspend(stage.sleep);
        else shown.press(one);
      }
    });
    usePaste((text) => {
      // What is pasted may be typed into a line, and decides nothing: it has no enter in it.
      for (const char of text.replaceAll(/[\r\n]+/g, " ")) shown.press(char === " " ? "space" : char);
    });
    if (seen === undefined) return <Text> </Text>;
    const size = { columns, rows: stage.fullScreen ? rows : rows - 1 };
    const lines = isTooSmall({ columns, rows }) ? tooSmall(size) : view.draw(seen, size, stage.paint);
    const room = lines.slice(0, Math.max(1, size.rows));
    frame = room;
    return (
      <Box flexDirection="column" width={columns} {...(stage.fullScreen ? { height: rows } : {})}>
        {room.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
          <Text key={i} wrap="truncate-end">
            {line === "" ? " " : line}
          </Text>
        ))}
      </Box>
    );
  };

  stage.output.on("resize", wipe);
  // What is typed before Ink listens would be echoed into the first frame, and nobody would draw over it.
  if (stage.input.isTTY) stage.input.setRawMode(true);
  const instance = render(<Screen />, {
    stdin: stage.input,
    stdout: stage.output,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    alternateScreen: stage.fullScreen,
    incrementalRendering: true,
    isScreenReaderEnabled: false,
  });
  return shown;
}

const widthOf = (painted: string): number => textWidth(painted.replaceAll(/\u001B\[[\d;]*m/g, ""));

/**
 * Ink stops listening, and yet the stream would go on reading: some keys would be ours and not the editor's. Only one
 * that flows can be paused, and each of the two takes a turn.
 */
async function letGo({ input, after }: Stage): Promise<void> {
  const turn = (): Promise<void> => new Promise((resolve) => void after(0, resolve));
  await turn();
  input.resume();
  input.pause();
  await turn();
}

function tooSmall({ columns }: Size): readonly string[] {
  return [
    `at least ${SMALLEST.columns}×${SMALLEST.rows} is needed`.slice(0, columns),
    "q leaves".slice(0, columns),
  ];
}

type InkKey = Parameters<Parameters<typeof useInput>[0]>[1];

function strokeOf(text: string, key: InkKey): Stroke {
  const name = nameOf(key);
  return { text, ctrl: key.ctrl, shift: key.shift, ...(name === undefined ? {} : { name }) };
}

function nameOf(key: InkKey): Key | undefined {
  if (key.upArrow) return "up";
  if (key.downArrow) return "down";
  if (key.leftArrow) return "left";
  if (key.rightArrow) return "right";
  if (key.pageUp) return "pageup";
  if (key.pageDown) return "pagedown";
  if (key.home) return "home";
  if (key.end) return "end";
  if (key.return) return "enter";
  if (key.escape) return "esc";
  if (key.tab) return "tab";
  if (key.backspace) return "backspace";
  return key.delete ? "delete" : undefined;
}
