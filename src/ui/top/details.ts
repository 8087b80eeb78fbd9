import type { AgentStatus } from "../../model/operates.ts";
import type { Paint } from "../paint.ts";
import { cut, hang, pad } from "../plan/columns.ts";
import { ageOf } from "../status/age.ts";
import { flat } from "../visible.ts";
import { bytes } from "../status/table.ts";
import { cores } from "./amounts.ts";
import { KEPT } from "./history.ts";
import { nextTryWords } from "./notes.ts";
import type { Row } from "./rows.ts";
import { fullOf, spark } from "./spark.ts";
import type { TopState } from "./state.ts";
import { clockWords, withClock } from "./times.ts";
import { TONES } from "./tones.ts";

const NAME = 12;

/** All that is known of one replica, the page that enter opens. */
export function detailLines(state: TopState, key: string, width: number, paint: Paint): readonly string[] {
  const { list, live, scene } = state;
  const row = list.rows.find((one) => one.key === key);
  const events = live.seen.filter((one) => one.key === key).toReversed();
  const told = events.map(({ at, text }) => cut(`   ${clockWords(at, scene.offsetMinutes)}  ${text}`, width));
  const recent = [
    "",
    ` ${paint.bold("Seen since this was opened")}`,
    ...(told.length === 0 ? [paint.dim("   nothing changed")] : told),
  ];
  if (row === undefined)
    return [` ${paint.bold(cut(flat(key), width - 1))}`, "   is not here any more", ...recent];
  const { state: is } = row;
  return [
    ` ${paint.bold(cut(row.title, Math.max(8, width - 20)))}  ${TONES[is.tone](paint)(`${is.mark} ${is.word}`)}`,
    ...factsOf(row, state).flatMap(([name, text]) =>
      hang(`   ${pad(name, NAME)}`, text, width).map((line, i) =>
        i === 0 ? `   ${paint.dim(pad(name, NAME))}${line.slice(3 + NAME)}` : line,
      ),
    ),
    ...useLines(row, width, paint),
    ...recent,
  ];
}

function factsOf({ status }: Row, { now, scene }: TopState): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string | undefined])[] = [
    ["state", stateWords(status, now, scene.offsetMinutes)],
    ["why", status.detail],
    ["health", status.health === "none" ? "no check" : status.health],
    ["last probe", status.lastProbe],
    ["restarts", String(status.restarts)],
    ["last exit", status.lastExit],
    ["next try", nextTryWords(status, now)?.replace(/^next try /, "")],
    ["breaker", status.breaker],
    ["held", status.held],
    ["ports", status.ports.length === 0 ? undefined : status.ports.join("  ")],
    ["id", status.id],
    ["image", status.image],
    ["revision", status.revision === undefined ? undefined : String(status.revision)],
    ["file", status.source],
  ];
  return all.flatMap(([name, text]) =>
    text === undefined || text === ""
      ? []
      : [[name, withClock(flat(text), now, scene.offsetMinutes)] as const],
  );
}

function stateWords({ state, since }: AgentStatus, now: string, offsetMinutes: number): string {
  const age = ageOf(since, now);
  return age === undefined || since === undefined
    ? state
    : `${state} for ${age}, since ${clockWords(since, offsetMinutes)}`;
}

function useLines({ readings, status }: Row, width: number, paint: Paint): readonly string[] {
  if (readings === undefined) {
    const { memory } = status;
    return memory === undefined ? [] : [`   ${paint.dim(pad("memory", NAME))}${bytes(memory)}`];
  }
  const { last } = readings;
  const bar = Math.max(0, Math.min(KEPT, width - NAME - 30));
  const line = (name: string, text: string, bars: string): string =>
    `   ${paint.dim(pad(name, NAME))}${pad(cut(text, 24), 24)} ${paint.blue(bars)}`.trimEnd();
  const cpu = readings.cpu.at(-1);
  const of = (limit: string | undefined): string => (limit === undefined ? ", no limit" : ` of ${limit}`);
  const plain: readonly (readonly [string, string | undefined])[] = [
    [
      "processes",
      last.processes === undefined
        ? undefined
        : `${last.processes}${last.processesLimit === undefined ? "" : ` of ${last.processesLimit}`}`,
    ],
    [
      "network",
      last.network === undefined
        ? undefined
        : `${bytes(last.network.received)} received, ${bytes(last.network.sent)} sent`,
    ],
    [
      "disk",
      last.disk === undefined
        ? undefined
        : `${bytes(last.disk.read)} read, ${bytes(last.disk.written)} written`,
    ],
    ["measured by", last.from],
  ];
  return [
    ...(last.cpu === undefined
      ? []
      : [
          line(
            "CPU",
            `${cpu === undefined ? "?" : cores(cpu)}${of(last.cpuLimit === undefined ? undefined : `${cores(last.cpuLimit)} ${last.cpuLimit === 1000 ? "core" : "cores"}`)}`,
            spark(readings.cpu, fullOf(readings.cpu, last.cpuLimit, 100), bar),
          ),
        ]),
    ...(last.memory === undefined
      ? []
      : [
          line(
            "memory",
            `${bytes(last.memory)}${of(last.memoryLimit === undefined ? undefined : bytes(last.memoryLimit))}`,
            spark(readings.memory, fullOf(readings.memory, last.memoryLimit, 1024 * 1024), bar),
          ),
        ]),
    ...plain.flatMap(([name, text]) =>
      text === undefined ? [] : [cut(`   ${pad(name, NAME)}${flat(text)}`, width)],
    ),
  ];
}
