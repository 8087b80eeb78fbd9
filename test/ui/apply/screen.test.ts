import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApplyEvent } from "../../../src/model/step.ts";
import { PROGRESS_KEYS } from "../../../src/ui/apply/screen/keys.ts";
import { stopped } from "../../../src/ui/apply/screen/state.ts";
import { colourPaint } from "../../../src/ui/paint.ts";
import { textWidth } from "../../../src/ui/plan/columns.ts";
import {
  beginning,
  began,
  drawn,
  ends,
  failed,
  idOf,
  pressed,
  says,
  screenAfter,
  sizeOf,
  type Timed,
} from "./cases.ts";

const IMAGE = "researcher image";
const RESEARCHER = "researcher container";
const CHATBOT = "chatbot container";
const SUMMARIZER = "summarizer container";
const AFTER = {
  [IMAGE]: [],
  [RESEARCHER]: [IMAGE],
  "chatbot network": [],
  [CHATBOT]: ["chatbot network"],
  [SUMMARIZER]: [RESEARCHER],
};
const at = (now: number, ...events: readonly ApplyEvent[]): Timed =>
  events.map((event) => [now, event] as const);

const WAITING = "up 4 s, waiting for GET /health on 8080: connection refused";
const RUN: Timed = [
  ...at(0, began(IMAGE), began("chatbot network"), says(IMAGE, "step 2 of 4: RUN pip install")),
  ...at(900, ...ends("chatbot network")),
  ...at(9000, says(IMAGE, "built 4 of 4 steps, 3 from the cache"), ...ends(IMAGE), began(RESEARCHER)),
  ...at(10_000, says(RESEARCHER, WAITING), began(CHATBOT)),
  ...at(12_000, says(CHATBOT, "pulled 12 of 40 MB", { done: 12, of: 40 })),
];
const TIMES = { [RESEARCHER]: 12_000, [SUMMARIZER]: 13_000, [CHATBOT]: 5000 };
const LOG = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
const FAILED: Timed = [...RUN, ...at(13_000, failed(RESEARCHER, "exit 1 after 4 s", LOG))];

const SMALL = sizeOf(40, 9);
const USUAL = sizeOf(80, 23);
const LARGE = sizeOf(120, 39);
const SIZES = [SMALL, USUAL, LARGE, sizeOf(200, 59)];

const many = aThousand();
const running = screenAfter(beginning(AFTER), RUN, 14_000, TIMES);
const broken = screenAfter(beginning(AFTER), FAILED, 14_000, TIMES);

/** A thousand, of which a few run, one has failed, and some have ended. */
function aThousand() {
  const names = Array.from({ length: 1000 }, (_, i) => `agent-${String(i).padStart(3, "0")} container`);
  const progress = beginning(Object.fromEntries(names.map((name) => [name, []])));
  const name = (i: number): string => names[i] ?? "";
  const events: Timed = [
    ...names.slice(0, 20).flatMap((one) => at(0, began(one))),
    ...names.slice(0, 12).flatMap((one, i) => at(1000 + i, ...ends(one))),
    ...at(2000, failed(name(15), "exit 3", LOG)),
  ];
  return screenAfter(progress, events, 3000);
}

describe("an apply on a screen", () => {
  test("has a line for each object: what it does, for how long, and what it waits for", () => {
    expect(drawn(running, USUAL)).toBe(`

desk → docker   2 of 5 · 14 s · ~20 s left
  ✓ created    researcher · image         9 s  built 4 of 4 steps, 3 from the c…
  ⠋ creating   researcher · container     5 s
      ${WAITING}
  ✓ created    chatbot · network       900 ms
  ⠋ creating   chatbot · container        4 s  ██░░░░░░ pulled 12 of 40 MB
    waits      summarizer · container          for researcher · container
 ^c stop  l log  ↑↓ move  ? keys
`);
  });

  test("says all in one line where there is room", () => {
    expect(drawn(running, LARGE)).toContain(`  ⠋ creating   researcher · container     5 s  ${WAITING}\n`);
  });

  test("gives what runs a line of its own where the terminal is narrow", () => {
    expect(drawn(running, SMALL)).toBe(`
desk → doc…   2 of 5 · 14 s · ~20 s left
  ✓ created    researcher · ima…     9 s
  ⠋ creating   researcher · con…     5 s
      up 4 s, waiting for GET /health o…
  ✓ created    chatbot · network  900 ms
  ⠋ creating   chatbot · contai…     4 s
      ██░░░░░░ pulled 12 of 40 MB
    waits      summarizer · con…
 ^c stop  l log  ↑↓ move  ? keys
`);
  });

  test("shows the last lines of what failed, as many as there is room for", () => {
    expect(drawn(broken, sizeOf(80, 15))).toBe(`
desk → docker   2 of 5 · 1 failed · 14 s
  ✓ created    researcher · image         9 s  built 4 of 4 steps, 3 from the c…
  ✗ failed     researcher · container     4 s  exit 1 after 4 s
      │ line 13
      │ line 14
      │ line 15
      │ line 16
      │ line 17
      │ line 18
      │ line 19
      │ line 20
  ✓ created    chatbot · network       900 ms
  ⠋ creating   chatbot · container        4 s  ██░░░░░░ pulled 12 of 40 MB
    waits      summarizer · container          for researcher · container
 ^c stop  l log  ↑↓ move  ? keys
`);
    expect(drawn(broken, LARGE)).toContain("│ line 1\n");
    expect(drawn(broken, SMALL)).toBe(`
desk → docker   2 of 5 · 1 failed · 14 s
  ✗ failed     researcher · con…     4 s
      exit 1 after 4 s
      │ line 19
      │ line 20
  ⠋ creating   chatbot · contai…     4 s
      ██░░░░░░ pulled 12 of 40 MB
  … 1 waiting, 2 done
 ^c stop  l log  ↑↓ move  ? keys
`);
  });

  test("counts what it has no room for, and shows first what runs or has failed, then what ended last", () => {
    expect(drawn(many, sizeOf(80, 15))).toBe(`
desk → docker   12 of 1000 · 1 failed · 3 s
  ⠋ creating   agent-012 · container     3 s  start
  ⠋ creating   agent-013 · container     3 s  start
  ⠋ creating   agent-014 · container     3 s  start
  ✗ failed     agent-015 · container     2 s  exit 3
      │ line 17
      │ line 18
      │ line 19
      │ line 20
  ⠋ creating   agent-016 · container     3 s  start
  ⠋ creating   agent-017 · container     3 s  start
  ⠋ creating   agent-018 · container     3 s  start
  ⠋ creating   agent-019 · container     3 s  start
  … 980 waiting, 12 done
 ^c stop  l log  ↑↓ move  ? keys
`);
    const folded = pressed(many, ["l"], sizeOf(80, 15)).screen;
    const ended = drawn(folded, sizeOf(80, 15))
      .split("\n")
      .filter((line) => line.includes("✓"));
    expect(ended.map((line) => line.trim().split(/\s+/)[2])).toEqual([
      "agent-011",
      "agent-010",
      "agent-009",
      "agent-008",
    ]);
  });

  test("says how it is about to stop, and what it waits for", () => {
    const asked = drawn(stopped(running, "after what runs"), LARGE).split("\n");
    expect(asked.slice(2, 4)).toEqual([
      "desk → docker   2 of 5 · 14 s",
      "stopping: begins nothing more, waits for researcher · container and 1 other; Ctrl-C again ends them too",
    ]);
    expect(asked.at(-2)).toBe(" ^c end it too  l log  ↑↓ move  ? keys");
    const ending = drawn(stopped(running, "at once"), USUAL);
    expect(ending).toContain("stopping: ends researcher · container and 1 other\n");
    expect(ending).not.toContain("^c");
  });

  test("never says how long it may still take where nobody knows", () => {
    const left = (times: Readonly<Record<string, number>>, now = 14_000): string =>
      drawn(screenAfter(beginning(AFTER), RUN, now, times), USUAL)
        .split("\n")[2]
        ?.split(" · ")
        .at(-1) ?? "";
    expect(left({})).toBe("not timed yet");
    expect(left(TIMES)).toBe("~20 s left");
    expect(left({ [RESEARCHER]: 12_000 })).toBe("~7 s left, 2 not timed yet");
    expect(left({ [RESEARCHER]: 12_000, [CHATBOT]: 1 }, 40_000)).toBe("longer than before");
  });

  test("turns what runs with the clock, and nothing else", () => {
    const frames = [14_000, 14_100].map((now) => drawn({ ...running, now }, USUAL));
    expect(frames[0]).not.toBe(frames[1]);
    expect(frames[0]?.replaceAll("⠋", "*")).toBe(frames[1]?.replaceAll("⠙", "*"));
    const still = screenAfter(beginning({ [IMAGE]: [] }), at(0, began(IMAGE), ...ends(IMAGE)), 0);
    expect(drawn({ ...still, now: 1 }, USUAL)).toBe(drawn({ ...still, now: 101 }, USUAL));
  });

  test("shows bytes from outside as text", () => {
    const evil = screenAfter(
      beginning({ [IMAGE]: [] }),
      at(0, began(IMAGE), says(IMAGE, "\u001B[2J\u001B]0;x\u0007 hi")),
      0,
    );
    expect(drawn(evil, USUAL)).toContain("\\x1b[2J\\x1b]0;x\\x07 hi");
  });
});

describe("a frame of an apply", () => {
  const name = fc.constantFrom(...Object.keys(AFTER));
  const text = fc.string({ unit: "grapheme", maxLength: 90 });
  const event = fc.oneof(
    name.map((one) => began(one)),
    fc.tuple(name, text).map(([one, words]) => says(one, words, { done: words.length, of: 90 })),
    fc.tuple(name, text).map(([one, words]) => failed(one, words, LOG)),
    name.map((one): ApplyEvent => ends(one)[0] ?? began(one)),
  );
  const keys = fc.array(fc.constantFrom("l", "down", "up", "end", "esc", "?", "pagedown"), { maxLength: 12 });

  test("is never wider or higher than the screen, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        keys,
        fc.constantFrom("no" as const, "after what runs" as const),
        fc.tuple(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 9, max: 60 })),
        (events, pressing, stopping, [columns, rows]) => {
          const size = sizeOf(columns, rows);
          const all = events.map((one, i) => [i * 700, one] as const);
          const screen = stopped(screenAfter(beginning(AFTER), all, 100_000), stopping);
          const lines = drawn(pressed(screen, pressing, size).screen, size)
            .split("\n")
            .slice(1, -1);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test("says the same without colour", () => {
    for (const size of SIZES)
      for (const screen of [running, broken, many]) {
        const painted = drawn(screen, size, colourPaint);
        // oxlint-disable-next-line no-control-regex
        const bare = painted.replaceAll(/\u001B\[\d+m/g, "").replaceAll(/ +$/gm, "");
        expect(bare).toBe(drawn(screen, size));
        expect(painted).not.toBe(bare);
      }
  });

  test("of a thousand objects draws what is in sight", () => {
    const lines = drawn(many, USUAL).split("\n").slice(1, -1);
    expect(lines).toHaveLength(23);
    expect(lines.at(-2)).toMatch(/^ {2}… \d+ waiting, \d+ done$/);
  });
});

describe("the keys of an apply", () => {
  const marked = (text: string): string => text.split("\n").find((line) => line.startsWith("›")) ?? "none";

  test("each does what its line says", () => {
    const tried = new Map<string, () => void>([
      ["stop", () => expect(pressed(running, ["ctrl+c"], USUAL).asked).toEqual(["interrupt"])],
      ["end", () => expect(pressed(running, ["ctrl+c", "ctrl+c"], USUAL).asked).toHaveLength(2)],
      ["log", () => expect(drawn(pressed(running, ["l"], LARGE).screen, LARGE)).toContain(`│ ${WAITING}`)],
      ["back", () => expect(marked(drawn(pressed(running, ["j", "esc"], USUAL).screen, USUAL))).toBe("none")],
      [
        "help",
        () => {
          const { screen } = pressed(running, ["?"], USUAL);
          expect(drawn(screen, USUAL)).toContain("what runs comes to its end");
          expect(pressed(screen, ["esc"], USUAL).screen).toEqual(running);
          expect(pressed(screen, ["ctrl+c"], USUAL).asked).toEqual(["interrupt"]);
        },
      ],
    ]);
    const moves: Readonly<Record<string, string>> = {
      up: "chatbot · network",
      down: "summarizer · container",
      "page up": "researcher · image",
      "page down": "summarizer · container",
      first: "researcher · image",
      last: "summarizer · container",
    };
    for (const { does, keys } of PROGRESS_KEYS.bindings) {
      const to = moves[does];
      if (to === undefined) tried.get(does)?.();
      for (const key of to === undefined ? [] : keys) {
        // Down to the fourth first.
        const { screen } = pressed(running, ["down", "down", "down", "down", key], USUAL);
        expect([key, marked(drawn(screen, USUAL))]).toEqual([key, expect.stringContaining(to ?? "")]);
      }
      expect([does, to !== undefined || tried.has(does)]).toEqual([does, true]);
    }
  });

  test("a log that is open is folded, and the other way round", () => {
    const once = pressed(broken, ["l"], LARGE).screen;
    expect(drawn(once, LARGE)).not.toContain("│");
    expect(drawn(pressed(once, ["l"], LARGE).screen, LARGE)).toBe(
      drawn(pressed(broken, [], LARGE).screen, LARGE).replace("  ✗", "› ✗"),
    );
  });

  test("what is chosen stays chosen and in sight while others begin and end", () => {
    const size = sizeOf(80, 12);
    const { screen } = pressed(many, ["down", "end"], size);
    expect(screen.chosen).toBe(idOf("agent-999 container"));
    expect(drawn(screen, size)).toContain("›   waits      agent-999 · container");
    const rows = Array.from({ length: 40 }, (_, i) => i);
    const walked = rows.map((i) =>
      drawn(pressed(many, ["down", ...rows.slice(0, i).map(() => "j")], size).screen, size),
    );
    for (const frame of walked) expect(marked(frame)).not.toBe("none");
    expect(new Set(walked.map(marked)).size).toBe(40);
  });
});
