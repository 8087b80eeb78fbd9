import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { program } from "./run-aac.ts";
import { until } from "./until.ts";

/** A real pseudo-terminal with a terminal emulator behind it: keys go in, and what a person would see comes out. */
export interface Terminal {
  readonly pid: number;
  /** As bytes: `j`, `\r`, or by name as `press` has them. */
  type(bytes: string): void;
  press(...keys: readonly KeyName[]): void;
  /** The rows in sight, without blanks at their ends. */
  screen(): readonly string[];
  /** Also what has left the screen at its top. */
  scrollback(): readonly string[];
  /** All that the program wrote, as bytes. */
  written(): string;
  /** The same as cells, with how they are painted. */
  cells(): readonly (readonly Cell[])[];
  onAlternateScreen(): boolean;
  resize(columns: number, rows: number): Promise<void>;
  /** Waits until the screen says so; the message of a failure shows the screen. */
  shows(what: string, condition?: (text: string) => boolean, deadlineMs?: number): Promise<string>;
  readonly ended: Promise<{ readonly code: number; readonly signal: number | undefined }>;
  signal(name: string): void;
  /** As if the window were closed. */
  hangUp(): void;
  /** As if the line were cut: nothing can be read from it or written to it any more. */
  cutOff(): void;
}

export interface Cell {
  /** Empty behind a character that takes two cells. */
  readonly text: string;
  /** Of the palette of 256; undefined: the terminal's own. */
  readonly colour: number | undefined;
  readonly background: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const KEYS = {
  up: "\u001B[A",
  down: "\u001B[B",
  right: "\u001B[C",
  left: "\u001B[D",
  home: "\u001B[H",
  end: "\u001B[F",
  pageup: "\u001B[5~",
  pagedown: "\u001B[6~",
  delete: "\u001B[3~",
  enter: "\r",
  esc: "\u001B",
  tab: "\t",
  "shift+tab": "\u001B[Z",
  space: " ",
  backspace: "\u007F",
  "ctrl+c": "\u0003",
  "ctrl+d": "\u0004",
  "ctrl+u": "\u0015",
  "ctrl+z": "\u001A",
} as const;
export type KeyName = keyof typeof KEYS;
export const isKeyName = (text: string): text is KeyName => Object.hasOwn(KEYS, text);

type EmulatorCell = ReturnType<
  NonNullable<ReturnType<InstanceType<typeof xterm.Terminal>["buffer"]["active"]["getLine"]>>["getCell"]
>;

function cellOf(cell: EmulatorCell): Cell {
  return {
    text: cell === undefined ? " " : cell.getWidth() === 0 ? "" : cell.getChars() || " ",
    colour: cell?.isFgPalette() === true ? cell.getFgColor() : undefined,
    background: cell?.isBgPalette() === true ? cell.getBgColor() : undefined,
    bold: (cell?.isBold() ?? 0) > 0,
    dim: (cell?.isDim() ?? 0) > 0,
    inverse: (cell?.isInverse() ?? 0) > 0,
    underline: (cell?.isUnderline() ?? 0) > 0,
  };
}

/** The built command line in a terminal of its own. */
export function aacIn(args: readonly string[], options: TerminalOptions = {}): Terminal {
  return terminalWith([process.execPath, program, ...args], options);
}

export function terminalWith(
  command: readonly [string, ...string[]],
  options: TerminalOptions = {},
): Terminal {
  const { columns = 80, rows = 24 } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
  const [file, ...args] = command;
  const pty = spawn(file, args, {
    // It writes this into TERM, whatever stands there.
    name: options.environment?.["TERM"] ?? "xterm-256color",
    cols: columns,
    rows,
    cwd: options.cwd ?? tmpdir(),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: join(tmpdir(), "aac-test-home"),
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      ...options.environment,
    },
  });
  let written = "";
  let pending = 0;
  pty.onData((data) => {
    written += data;
    pending++;
    emulator.write(data, () => pending--);
  });
  // The emulator answers what programs ask of a terminal.
  emulator.onData((answer) => pty.write(answer));
  const ended = new Promise<{ code: number; signal: number | undefined }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve({ code: exitCode, signal }));
  });
  const rowsFrom = (from: number, to: number): string[] => {
    const lines: string[] = [];
    for (let y = from; y < to; y++)
      lines.push(emulator.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? "");
    return lines;
  };
  const screen = (): string[] => {
    const { baseY } = emulator.buffer.active;
    return rowsFrom(baseY, baseY + emulator.rows);
  };
  const scrollback = (): string[] => {
    const { normal } = emulator.buffer;
    const lines: string[] = [];
    for (let y = 0; y < normal.length; y++)
      lines.push(normal.getLine(y)?.translateToString(true).trimEnd() ?? "");
    return lines;
  };
  return {
    pid: pty.pid,
    type: (bytes) => pty.write(bytes),
    press: (...keys) => {
      for (const key of keys) pty.write(KEYS[key]);
    },
    screen,
    scrollback,
    written: () => written,
    cells: () => {
      const { active } = emulator.buffer;
      return Array.from({ length: emulator.rows }, (_, y) => {
        const line = active.getLine(active.baseY + y);
        return Array.from({ length: emulator.cols }, (__, x) => cellOf(line?.getCell(x)));
      });
    },
    onAlternateScreen: () => emulator.buffer.active.type === "alternate",
    resize: async (wide, high) => {
      emulator.resize(wide, high);
      pty.resize(wide, high);
      await until("the emulator has drawn", () => pending === 0, 5000);
    },
    shows: async (what, condition = (text) => text.includes(what), deadlineMs = 10_000) => {
      try {
        await until(what, () => pending === 0 && condition(screen().join("\n")), deadlineMs);
      } catch {
        throw new Error(`the screen never showed ${what}; it shows:\n${screen().join("\n")}`);
      }
      return screen().join("\n");
    },
    ended,
    signal: (name) => pty.kill(name),
    hangUp: () => pty.kill("SIGHUP"),
    cutOff: () => {
      if (!("destroy" in pty) || typeof pty.destroy !== "function") throw new Error("it cannot be cut off");
      pty.destroy();
    },
  };
}
