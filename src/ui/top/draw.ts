import type { Paint } from "../paint.ts";
import { cut } from "../plan/columns.ts";
import { type Binding, footerOf, type KeyTable } from "../screen/keys.ts";
import type { Size } from "../screen/view.ts";
import { drawAsk } from "./ask.ts";
import { drawHead } from "./head.ts";
import { agentKeys, logKeys, pageKeys } from "./keys.ts";
import { layoutOf } from "./layout.ts";
import { drawLogs } from "./log-pane.ts";
import { pageLines } from "./pages.ts";
import { chosenRow, type Row } from "./rows.ts";
import type { Said, TopState } from "./state.ts";
import { drawTable } from "./table.ts";

/** The whole screen: as many lines as it has rows. */
export function draw(state: TopState, size: Size, paint: Paint): readonly string[] {
  const { head, upper, logs } = layoutOf(state, size);
  const row = chosenRow(state);
  const body = [
    ...filled(upperLines(state, size, upper, paint), upper),
    ...(logs > 0 ? filled(drawLogs(state, size.columns, logs, paint), logs) : []),
  ];
  const foot = footLines(state, row, size, paint);
  return [...drawHead(state, size, paint).slice(0, head), ...body, ...foot].slice(-size.rows);
}

const filled = (lines: readonly string[], rows: number): readonly string[] => [
  ...lines.slice(0, rows),
  ...Array.from({ length: Math.max(0, rows - lines.length) }, () => ""),
];

function upperLines(state: TopState, size: Size, rows: number, paint: Paint): readonly string[] {
  if (rows === 0) return [];
  const { page } = state;
  if (page.is === "agents") return drawTable(state, size.columns, rows, paint);
  const lines = pageLines(state, size, paint);
  const top = Math.max(0, Math.min(page.top, lines.length - rows));
  const shown = lines.slice(top, top + rows);
  const below = lines.length - top - rows;
  // The last line says that it is not the last.
  return below <= 0
    ? shown
    : [...shown.slice(0, -1), paint.dim(cut(`   … ${below + 1} more: ↓`, size.columns))];
}

const SAID: Readonly<
  Record<Said["tone"], { readonly mark: string; readonly paint: (paint: Paint) => (text: string) => string }>
> = {
  done: { mark: "✓", paint: ({ green }) => green },
  failed: { mark: "✗", paint: ({ red }) => red },
  doing: { mark: "…", paint: ({ yellow }) => yellow },
};

function footLines(state: TopState, row: Row | undefined, size: Size, paint: Paint): readonly string[] {
  const { ask, said } = state;
  const footer = footerOf(tableOf(state), size.columns, paint, (one) => isLive(one, state, row));
  if (ask !== undefined) {
    const lines = drawAsk(state, ask, row, size, paint);
    const keys = ASKED[ask.is];
    return [...lines, paint.dim(cut(` ${keys}`, size.columns))];
  }
  if (said === undefined) return [footer];
  const { mark, paint: tone } = SAID[said.tone];
  return [tone(paint)(cut(` ${mark} ${said.text}`, size.columns)), footer];
}

/** While something is asked, only these keys mean anything. */
const ASKED = {
  sure: "y yes  n no  ←→ choose  ⏎ take it  esc back",
  reason: "⏎ stop it  esc leave it running",
  filter: "⏎ keep  esc as before   words that it has, !word: that it has not",
  search: "⏎ keep  esc as before   then . and , go from one to the next",
  palette: "↑↓ choose  ⏎ do it  esc back",
} as const;

function tableOf({ page, focus, logs, scene }: TopState): KeyTable {
  if (page.is === "details") return detailKeys(scene.readOnly);
  if (page.is !== "agents") return pageKeys();
  return focus === "logs" && logs.open ? logKeys() : agentKeys(scene.readOnly);
}

/** Back first, then the verbs that hold on the page too. */
const detailKeys = (readOnly: boolean): KeyTable => ({
  title: "",
  bindings: [
    ...pageKeys().bindings,
    ...agentKeys(readOnly).bindings.filter(({ changes, does }) => changes === true || does === "drift"),
  ],
});

/** Whether it would do something now. */
function isLive({ does }: Binding, { list, logs }: TopState, row: Row | undefined): boolean {
  const { state, held } = row?.status ?? {};
  // Held can also be one that runs, at another number.
  const stopped = state === "stopped" || state === "paused";
  switch (does) {
    case "up":
      return list.rows.length > 0 || logs.open;
    case "details":
    case "drift":
    case "restart":
      return row !== undefined;
    case "stop":
    case "pause":
      return row !== undefined && !stopped;
    case "start":
      return row !== undefined && (stopped || held !== undefined || row.state.tone === "ill");
    case "exec":
      return row !== undefined && !stopped;
    case "next match":
    case "former match":
      return logs.search !== "";
    default:
      return true;
  }
}
