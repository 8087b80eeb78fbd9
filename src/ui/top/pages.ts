import type { Paint } from "../paint.ts";
import { cut } from "../plan/columns.ts";
import { helpLines } from "../screen/help.ts";
import type { Size } from "../screen/view.ts";
import { flat } from "../visible.ts";
import { detailLines } from "./details.ts";
import { driftLines } from "./drift.ts";
import { allKeys } from "./keys.ts";
import { needsLines } from "./needs.ts";
import type { TopState } from "./state.ts";

/** What a page says, as long as it is; empty where the table is shown. */
export function pageLines(state: TopState, { columns }: Size, paint: Paint): readonly string[] {
  const { page, scene } = state;
  switch (page.is) {
    case "agents":
      return [];
    case "details":
      return detailLines(state, page.key, columns, paint);
    case "needs":
      return needsLines(state, columns, paint);
    case "drift":
      return [
        ` ${paint.bold(cut(`${flat(page.agent)} against its file`, columns - 1))}`,
        ...driftLines(page.agent, page.drift, columns, paint),
      ];
    case "help":
      return helpLines(allKeys(scene.readOnly), columns, paint).slice(1);
    default:
      return page satisfies never;
  }
}
