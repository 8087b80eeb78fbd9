import type { ApplyLine, ApplyReport, BackLine } from "../../model/plan.ts";
import type { Paint } from "../paint.ts";
import { cut, hang, pad, widest, wrap } from "../plan/columns.ts";
import { code, prose } from "../plan/escape.ts";
import { count, SYMBOLS, titleOf } from "../plan/words.ts";
import { flat, jsonText } from "../visible.ts";
import { backWords, DONE, lostWords, outcomeWords, took } from "./words.ts";

/** How an apply ended: what is changed, what is not, and what to do now. Past tense, since it happened. */

const NEXT = "aac status · aac logs -f · aac destroy";
const CAME = { changed: "✓", failed: "✗", untouched: " " } as const;
const MOST_CHARACTERS = 60_000;
/** More than this fill the screen. */
const MANY = 12;
const FEW = 3;

/** Ways to end in which something was begun: only these have anything to count. */
const RAN: ReadonlySet<ApplyReport["outcome"]> = new Set([
  "applied",
  "failed",
  "rolledBack",
  "rollbackFailed",
  "interrupted",
]);

/** Ways to end after which the next thing is to see how things are. */
const PLAN_AGAIN: ReadonlySet<ApplyReport["outcome"]> = new Set([
  "failed",
  "rolledBack",
  "rollbackFailed",
  "interrupted",
  "stale",
]);

const BACK: Readonly<Record<BackLine["came"], string>> = { "rolled back": "↩", failed: "✗", kept: "·" };

interface Facts {
  readonly place: string;
  readonly outcome: string;
  readonly counts: string;
  readonly objects: readonly {
    readonly line: ApplyLine;
    readonly title: string;
    readonly came: string;
    readonly cause?: string;
    readonly last: readonly string[];
    /** What became of it when things were put back. */
    readonly back?: { readonly sign: string; readonly says: string; readonly last: readonly string[] };
  }[];
  /** What is not as it was, though things were put back. */
  readonly lost: readonly string[];
  readonly urls: readonly { readonly agent: string; readonly urls: string }[];
  readonly notes: readonly string[];
  readonly left?: string;
  readonly next?: string;
}

function factsOf(report: ApplyReport): Facts {
  const left = leftWords(report);
  const next = nextOf(report);
  return {
    place: `${flat(report.project)} → ${flat(report.target)}`,
    outcome: `${outcomeWords(
      report.outcome,
      took(report.millis),
      // An apply that only takes something away leaves the rest, and says what may be done with it.
      next === undefined &&
        report.objects.length > 0 &&
        report.objects.every(({ does }) => does === "delete"),
    )}${report.outcome === "applied" && report.revision !== undefined ? ` as revision ${report.revision}` : ""}`,
    counts: RAN.has(report.outcome) ? countWords(report.objects) : "",
    objects: report.objects.map((line) => ({
      line,
      title: titleOf(line.id),
      came: cameWords(line),
      ...(line.cause === undefined ? {} : { cause: flat(line.cause) }),
      last: (line.lines ?? []).map(flat),
      ...(line.back === undefined ? {} : { back: backFacts(line, line.back) }),
    })),
    // What stays on purpose is said beside the object.
    lost: (report.lost ?? []).filter(({ is }) => is !== "kept").map(lostWords),
    urls: Object.entries(report.urls)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([agent, urls]) =>
        urls.length === 0 ? [] : [{ agent: flat(agent), urls: urls.map(flat).join("  ") }],
      ),
    notes: report.notes.map(flat),
    ...(left === undefined ? {} : { left }),
    ...(next === undefined ? {} : { next }),
  };
}

function backFacts(line: ApplyLine, back: BackLine): NonNullable<Facts["objects"][number]["back"]> {
  const why = back.cause === undefined ? "" : `: ${flat(back.cause)}`;
  return {
    sign: BACK[back.came],
    says: `${backWords(line, back)}${why}`,
    last: (back.lines ?? []).map(flat),
  };
}

export function plainReport(
  report: ApplyReport,
  options: { readonly paint: Paint; readonly width: number },
): string {
  const { paint } = options;
  const width = Math.max(40, options.width);
  const facts = factsOf(report);
  const titles = Math.min(widest(facts.objects.map(({ title }) => title)), Math.floor(width / 2));
  const agents = widest(facts.urls.map(({ agent }) => agent));
  const blocks = [
    [...hang("", headline(facts), width)].map((line, i) => (i === 0 ? paint.bold(line) : line)),
    facts.objects.flatMap(({ line, title, came, cause, last, back }) => {
      const says = `${came}${cause === undefined ? "" : `: ${cause}`}`;
      const lead = `${CAME[line.came]} ${pad(SYMBOLS[line.does], 3)} `;
      const [first = "", ...rest] = hang(`  ${lead}${pad(cut(title, titles), titles)}  `, says, width);
      return [
        paintLine(line, first, paint),
        ...rest,
        ...last.flatMap((text) => wrap(text, width - 8).map((part) => `      │ ${part}`)),
        ...(back === undefined
          ? []
          : hang(`      ${back.sign} `, back.says, width).map((text) =>
              line.back?.came === "failed" ? paint.red(text) : text,
            )),
        ...(back?.last ?? []).flatMap((text) => wrap(text, width - 8).map((part) => `      │ ${part}`)),
      ];
    }),
    facts.lost.flatMap((text) => hang("  not brought back  ", text, width)),
    facts.urls.map(({ agent, urls }) => `  ${pad(agent, agents)}  ${paint.cyan(urls)}`),
    facts.notes.flatMap((note) => hang("note  ", note, width)),
    failedAgain(facts, width),
    [
      ...(facts.left === undefined ? [] : wrap(facts.left, width)),
      ...(facts.next === undefined ? [] : wrap(`Next: ${facts.next}`, width, false)),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Of many objects the one that failed may have left the screen at its top: it is said once more at the end. */
function failedAgain({ objects }: Facts, width: number): readonly string[] {
  const failed = objects.filter(({ line }) => line.came === "failed");
  if (objects.length <= MANY || failed.length === 0) return [];
  const rest = failed.length - FEW;
  return [
    ...failed
      .slice(0, FEW)
      .flatMap(({ title, came, cause }) =>
        hang("  ✗ ", `${title}  ${came}${cause === undefined ? "" : `: ${cause}`}`, width),
      ),
    ...(rest > 0 ? [`  … ${rest} more, marked ✗ above`] : []),
  ];
}

export function markdownReport(report: ApplyReport): string {
  const facts = factsOf(report);
  const parts = [
    `**${prose(headline(facts))}**`,
    ...facts.objects.map(({ line, title, came, cause, last, back }) => {
      const why = cause === undefined ? "" : `: ${prose(cut(cause, 1000))}`;
      const log = last.map((text) => `\n  - ${code(cut(text, 400))}`).join("");
      const returned = back === undefined ? "" : `\n  - ${back.sign} ${prose(cut(back.says, 1000))}`;
      const more = (back?.last ?? []).map((text) => `\n    - ${code(cut(text, 400))}`).join("");
      return `- ${CAME[line.came].trim() || "·"} ${code(SYMBOLS[line.does])} ${code(title)} ${came}${why}${log}${returned}${more}`;
    }),
    ...facts.lost.map((text) => `- not brought back: ${prose(text)}`),
    ...facts.urls.map(({ agent, urls }) => `- ${code(agent)} ${code(urls)}`),
    ...facts.notes.map((note) => `- note: ${prose(note)}`),
    ...(facts.left === undefined ? [] : [prose(facts.left)]),
    ...(facts.next === undefined ? [] : [`Next: ${code(facts.next)}`]),
  ];
  const text = parts.join("\n\n");
  if (text.length <= MOST_CHARACTERS) return `${text}\n`;
  return `${text.slice(0, text.lastIndexOf("\n", MOST_CHARACTERS - 100))}\n\nCut to fit a comment.\n`;
}

/** Without an indent it is one line, as each event before it is. */
export function jsonReport(report: ApplyReport, indent = 2): string {
  return `${jsonText(
    {
      apiVersion: "agent.dev/v1",
      kind: "ApplyReport",
      project: report.project,
      target: report.target,
      outcome: report.outcome,
      millis: report.millis,
      objects: report.objects.map((line) => ({ ...line, symbol: SYMBOLS[line.does] })),
      urls: report.urls,
      notes: report.notes,
      ...(report.lost === undefined ? {} : { lost: report.lost.map((one) => ({ ...one })) }),
      ...(report.revision === undefined ? {} : { revision: report.revision }),
      next: nextOf(report) ?? null,
    },
    indent,
  )}\n`;
}

function headline({ place, outcome, counts }: Facts): string {
  return `${place}   ${outcome}${counts === "" ? "" : `   ${counts}`}`;
}

function countWords(lines: readonly ApplyLine[]): string {
  const of = (came: ApplyLine["came"]): readonly ApplyLine[] => lines.filter((line) => line.came === came);
  const did = (["create", "replace", "update", "delete"] as const).flatMap((does) => {
    const n = of("changed").filter((line) => line.does === does).length;
    return n === 0 ? [] : [`${n} ${DONE[does]}`];
  });
  const rest = (["failed", "untouched"] as const).flatMap((came) =>
    of(came).length === 0 ? [] : [`${of(came).length} ${came}`],
  );
  const back = (["rolled back", "failed", "kept"] as const).flatMap((came) => {
    const n = lines.filter((line) => line.back?.came === came).length;
    return n === 0 ? [] : [`${n} ${came === "failed" ? "not put back" : came}`];
  });
  const all = [...did, ...rest, ...back];
  return all.length === 0 ? "" : `${count(lines.length, "object")}: ${all.join(" · ")}`;
}

function cameWords({ came, does, cause }: ApplyLine): string {
  if (came === "changed") return DONE[does];
  if (came === "untouched") return `not ${DONE[does]}`;
  // Stopped between two steps: nothing went wrong, and still it is not whole.
  return cause === undefined ? `${does} not finished` : `${does} failed`;
}

function paintLine({ came }: ApplyLine, text: string, paint: Paint): string {
  if (came === "failed") return paint.red(text);
  return came === "untouched" ? paint.dim(text) : text;
}

/** Nobody should have to guess what a broken apply has left behind. */
function leftWords({ outcome, objects, lost = [], project }: ApplyReport): string | undefined {
  if (!RAN.has(outcome) || outcome === "applied") return undefined;
  if (outcome === "rolledBack") {
    const but = lost.some(({ is }) => is !== "kept")
      ? ", but for what was not brought back"
      : lost.length > 0 || objects.some(({ back }) => back?.came === "kept")
        ? ", but for what was kept"
        : "";
    return `${flat(project)} is as it was before${but}.`;
  }
  if (objects.some(({ back }) => back !== undefined))
    return "What is marked ✗ was not put back. All else is as it was before.";
  const has = (came: ApplyLine["came"]): boolean => objects.some((line) => line.came === came);
  if (!has("changed") && !has("failed")) return "Nothing was changed.";
  return [
    has("changed") ? "What is marked ✓ is changed." : "",
    has("failed") ? "What is marked ✗ may be half changed." : "",
    has("untouched") ? "All else was not touched." : "",
  ]
    .filter((one) => one !== "")
    .join(" ");
}

function nextOf({ outcome, objects, next }: ApplyReport): string | undefined {
  if (next !== undefined) return flat(next);
  if (PLAN_AGAIN.has(outcome)) return "aac plan";
  const lives = objects.some(({ came, does }) => came === "changed" && does !== "delete");
  return outcome === "unchanged" || lives ? NEXT : undefined;
}
