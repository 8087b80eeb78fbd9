import { ageOf, secondsOf, untilWords } from "../status/age.ts";
import type { Paint } from "../paint.ts";
import { cut, textWidth } from "../plan/columns.ts";
import { count } from "../plan/words.ts";
import type { Size } from "../screen/view.ts";
import { flat } from "../visible.ts";
import { bytes } from "../status/table.ts";
import { bytesOf, cores } from "./amounts.ts";
import type { Row } from "./rows.ts";
import type { TopState } from "./state.ts";
import { clockWords } from "./times.ts";

/** On fewer rows each counts, and use is left to the table. */
const ROOMY = 14;

/** Where, how many and how well, what they use; below it what is wrong with looking at them. */
export function drawHead(state: TopState, { columns, rows }: Size, paint: Paint): readonly string[] {
  const { scene, now } = state;
  const place = `${flat(scene.project)} → ${flat(scene.target)}`;
  const facts = [place, ...(scene.readOnly ? ["read-only"] : []), countWords(state)].join(" · ");
  const use = useWords(state.list.rows).join(" · ");
  const clock = clockWords(now, scene.offsetMinutes);
  const whole = use === "" ? facts : `${facts} · ${use}`;
  const room = columns - clock.length - 4;
  const isSplit = textWidth(whole) > room && rows >= ROOMY && use !== "";
  const first = isSplit ? facts : whole;
  const hasClock = textWidth(first) <= room;
  const text = cut(first, hasClock ? room : columns - 2);
  const right = hasClock
    ? `${" ".repeat(columns - 2 - textWidth(text) - clock.length)}${paint.dim(clock)}`
    : "";
  return [
    ` ${paint.bold(text.slice(0, place.length))}${text.slice(place.length)}${right}`,
    ...(isSplit ? [cut(` ${use}`, columns)] : []),
    ...noticesOf(state).map((one) => paint.yellow(cut(` ! ${one}`, columns))),
  ];
}

/** What is wrong with looking: that nobody answers, else what the target has to say. A line each. */
function noticesOf(state: TopState): readonly string[] {
  const { live } = state;
  const late = lateWords(state);
  if (late !== undefined) return [late];
  return [...new Set([...live.status.notes, ...(live.stats?.notes ?? [])])].map(flat).slice(0, 2);
}

/** A screen that is not true any more says so, and since when. */
export function lateWords({ live, now, scene }: TopState): string | undefined {
  const { trouble, readAt } = live;
  const since = `not refreshed since ${clockWords(readAt, scene.offsetMinutes)} (${ageOf(readAt, now) ?? "?"} ago)`;
  if (trouble !== undefined)
    return `${since}, asked again ${untilWords(trouble.nextTry, now) ?? "soon"}: ${flat(trouble.why)}`;
  const seconds = (secondsOf(now) ?? 0) - (secondsOf(readAt) ?? 0);
  return seconds > Math.max(10, (scene.intervalMs * 8) / 1000) ? `${since}: no answer yet` : undefined;
}

/** `7 agents, 6 ready, 1 unhealthy` */
function countWords({ list, live, chosen }: TopState): string {
  const { agents } = live.status;
  const names = new Set(agents.map(({ agent }) => agent));
  const replicas = agents.length > names.size ? ` in ${count(agents.length, "replica")}` : "";
  const many =
    list.rows.length < list.of
      ? `${list.rows.length} of ${count(list.of, "replica")} with “${chosen.filter}”`
      : `${count(names.size, "agent")}${replicas}`;
  return [many, ...countedStates(list.rows)].join(", ");
}

function countedStates(rows: readonly Row[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state.word, (counts.get(state.word) ?? 0) + 1);
  const well = (word: string): number => (word === "ready" ? 0 : word === "running" ? 1 : 2);
  return [...counts]
    .sort(([a], [b]) => well(a) - well(b) || (a < b ? -1 : 1))
    .map(([word, number]) => `${number} ${flat(word)}`);
}

/** `CPU 1.2 of 4 cores`, `1.3 of 3 GiB`: against limits where all have one. */
function useWords(rows: readonly Row[]): readonly string[] {
  const sum = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((one) => one !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
  };
  const using = rows.filter(({ readings }) => readings !== undefined);
  const limit = (of: "cpuLimit" | "memoryLimit"): number | undefined =>
    using.every(({ readings }) => readings?.last[of] !== undefined)
      ? sum(using.map(({ readings }) => readings?.last[of]))
      : undefined;
  const cpu = sum(rows.map((row) => row.cpu));
  const memory = sum(rows.map((row) => row.memory));
  const [cpuLimit, memoryLimit] = [limit("cpuLimit"), limit("memoryLimit")];
  return [
    ...(cpu === undefined
      ? []
      : [`CPU ${cores(cpu)}${cpuLimit === undefined ? "" : ` of ${cores(cpuLimit)}`} cores`]),
    ...(memory === undefined
      ? []
      : [memoryLimit === undefined ? `${bytes(memory)}B` : bytesOf(memory, memoryLimit)]),
  ];
}
