import type { Paint } from "../paint.ts";
import { cut } from "../plan/columns.ts";
import { shownField } from "../screen/field.ts";
import { drawPalette } from "../screen/palette.ts";
import type { Size } from "../screen/view.ts";
import { flat } from "../visible.ts";
import { entriesOf } from "./commands.ts";
import { neededBy } from "./needs.ts";
import type { Row } from "./rows.ts";
import type { Ask, TopState } from "./state.ts";

/** What is asked at the foot of the screen. Whoever only presses enter changes nothing. */
export function drawAsk(
  state: TopState,
  ask: Ask,
  row: Row | undefined,
  size: Size,
  paint: Paint,
): readonly string[] {
  const { columns } = size;
  switch (ask.is) {
    case "sure":
      return sureLines(state, ask, columns, paint);
    case "reason":
      return [
        shownField(
          cut(` why is ${flat(ask.agent)} stopped? (may be empty) `, columns - 12),
          ask.field,
          columns,
        ),
      ];
    case "filter":
      return [shownField(" only agents with /", ask.field, columns)];
    case "search":
      return [shownField(" find in the logs /", ask.field, columns)];
    case "palette":
      return drawPalette(ask.palette, entriesOf(state, row), size, paint);
    default:
      return ask satisfies never;
  }
}

const VERBS = { stop: "Stop", restart: "Restart", pause: "Freeze" } as const;

function sureLines(
  state: TopState,
  { verb, agent, yes }: Extract<Ask, { is: "sure" }>,
  columns: number,
  paint: Paint,
): readonly string[] {
  const needed = neededBy(state.needs, agent);
  const all = state.live.status.agents.filter((one) => one.agent === agent).length;
  const whole = all > 1 ? `, all ${all} replicas` : "";
  const question = `${VERBS[verb]} ${flat(agent)}${whole}?`;
  const answer = (text: string, isChosen: boolean): string =>
    isChosen ? paint.inverse(`‹${text}›`) : ` ${text} `;
  const room = columns - 14;
  return [
    ...(needed === "" ? [] : [paint.yellow(cut(` ! ${needed}`, columns))]),
    ` ${paint.bold(cut(question, room))}  ${answer("no", !yes)} ${answer("yes", yes)}`,
  ];
}
