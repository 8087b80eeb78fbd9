import type { Written } from "../../model/resource.ts";
import { EMPTY } from "../screen/field.ts";
import { OPENED } from "../screen/palette.ts";
import type { Size } from "../screen/view.ts";
import { kept, moved } from "../screen/window.ts";
import { toggled } from "./choice.ts";
import { detailLines } from "./details.ts";
import type { Action } from "./keys.ts";
import { areasOf } from "./layout.ts";
import { canOpen, entriesOf, entryText } from "./listing.ts";
import type { ReviewTurn } from "./press.ts";
import { reshaped } from "./shape.ts";
import { allOpen, asksForName, chosen, hindrance, nodeAt, type Review } from "./state.ts";
import type { Node } from "./tree.ts";

/** One action of the list, whichever key or word of the palette it came from. */
export function actOn(review: Review, action: Action, size: Size): ReviewTurn {
  const { columns } = areasOf(review, size).list;
  const node = nodeAt(review, columns);
  const stays = (next: Review): ReviewTurn => ({ state: next });
  const says = (message: string): ReviewTurn => ({ state: { ...review, message } });
  switch (action) {
    case "up":
    case "down":
    case "page up":
    case "page down":
    case "first":
    case "last":
      return stays(inDetails(review, size) ? scroll(review, action, size) : move(review, action, size));
    case "apply":
      return asking(review);
    case "write": {
      const stops = hindrance(review);
      if (stops !== undefined) return says(stops.replace("applied", "kept"));
      return stays({ ...review, mode: { is: "file", field: EMPTY } });
    }
    case "leave":
      return { state: review, does: { is: "leave" } };
    case "exclude":
      return node === undefined
        ? says("an object or an agent can be left out: choose one")
        : exclude(review, node);
    case "fold":
      return stays(fold(review, node, size, node === undefined || !review.shape.open.has(node.key)));
    case "open":
      return stays(fold(review, node, size, true));
    case "close":
      return stays(close(review, node, size));
    case "fold all": {
      const every = allOpen(review.shape.tree);
      const open = review.shape.open.size >= every.size ? new Set<string>() : every;
      return stays(reshaped(review, { open }, size));
    }
    case "details":
      return stays(details(review));
    case "other side":
      return stays(
        review.details === undefined
          ? review
          : { ...review, details: { ...review.details, focus: !review.details.focus } },
      );
    case "edit": {
      const at = editAt(review, columns);
      return at === undefined
        ? says("nobody wrote this line in a file")
        : { state: review, does: { is: "edit", at } };
    }
    case "filter": {
      const { filter } = review.shape;
      return stays({
        ...review,
        mode: { is: "filter", field: { before: filter, after: "" }, before: filter },
      });
    }
    case "search":
      return stays({ ...review, mode: { is: "search", field: EMPTY } });
    case "next match":
      return match(review, size, 1);
    case "former match":
      return match(review, size, -1);
    case "origins": {
      const order = ["all", "edit", "drift", "inherited"] as const;
      const origin = order[(order.indexOf(review.shape.origin) + 1) % order.length] ?? "all";
      return stays(reshaped(review, { origin }, size));
    }
    case "palette":
      return stays({ ...review, mode: { is: "palette", palette: OPENED } });
    case "help":
      return stays({ ...review, mode: { is: "help", top: 0 } });
    case "back":
      return back(review, size);
    default:
      return action satisfies never;
  }
}

/** A plan that destroys asks for the name; every other one for a yes. */
function asking(review: Review): ReviewTurn {
  const stops = hindrance(review);
  if (stops !== undefined) return { state: { ...review, message: stops } };
  const mode = asksForName(review)
    ? ({ is: "name", field: EMPTY } as const)
    : ({ is: "question", at: 0, armed: false } as const);
  return { state: { ...review, mode } };
}

function exclude(review: Review, node: Node): ReviewTurn {
  const without = toggled(node, review.without, review.left, review.shape.tree);
  if (typeof without === "string") return { state: { ...review, message: without } };
  const next = chosen(review, without);
  const along = next.part.left.length - review.part.left.length - node.ids.length;
  const state =
    along > 0
      ? {
          ...next,
          message: `${along} more ${along === 1 ? "object goes" : "objects go"} with it: what needs it`,
        }
      : next;
  return { state, does: { is: "chosen", part: next.part } };
}

function move(review: Review, action: Action, size: Size): Review {
  const { columns, rows } = areasOf(review, size).list;
  const window = moved(review.window, action, entriesOf(review.shape, columns).length, rows);
  if (window === undefined) return review;
  // Another object's details begin at their beginning.
  const { details: pane } = review;
  return { ...review, window, ...(pane === undefined ? {} : { details: { ...pane, top: 0 } }) };
}

const inDetails = (review: Review, size: Size): boolean =>
  review.details !== undefined &&
  (review.details.focus || areasOf(review, size).details?.where === "instead");

function scroll(review: Review, action: Action, size: Size): Review {
  const { details: pane } = review;
  const areas = areasOf(review, size);
  if (pane === undefined || areas.details === undefined) return review;
  const node = nodeAt(review, areas.list.columns);
  const last = Math.max(0, detailLines(review, node, areas.details.columns).length - areas.details.rows);
  const page = moved({ at: Math.min(pane.top, last), top: 0 }, action, last + 1, areas.details.rows);
  return { ...review, details: { ...pane, top: page?.at ?? pane.top } };
}

function details(review: Review): Review {
  if (review.details === undefined) return { ...review, details: { top: 0, focus: false } };
  const { details: _, ...rest } = review;
  return rest;
}

function fold(review: Review, node: Node | undefined, size: Size, isOpen: boolean): Review {
  if (node === undefined || !canOpen(node)) return review;
  const open = new Set(review.shape.open);
  if (isOpen) open.add(node.key);
  else open.delete(node.key);
  return reshaped(review, { open }, size);
}

/** What is unfolded is folded; from what is folded already, to what it is part of. */
function close(review: Review, node: Node | undefined, size: Size): Review {
  if (node === undefined) return review;
  if (review.shape.open.has(node.key)) return fold(review, node, size, false);
  const owner = review.shape.tree.nodes.find(({ children }) => children.includes(node));
  return owner === undefined ? review : fold(review, owner, size, false);
}

/** The line's own place, else its object's, so that a field opens at the field. */
function editAt(review: Review, columns: number): Written | undefined {
  const entry = entriesOf(review.shape, columns)[review.window.at];
  return entry?.body?.written ?? entry?.node?.written;
}

function match(review: Review, size: Size, step: 1 | -1): ReviewTurn {
  const low = review.search.toLowerCase();
  if (low === "") return { state: { ...review, message: "nothing was searched for: s searches" } };
  const { columns, rows } = areasOf(review, size).list;
  const entries = entriesOf(review.shape, columns);
  for (let i = 1; i <= entries.length; i++) {
    const at = (review.window.at + step * i + entries.length * i) % entries.length;
    const entry = entries[at];
    if (entry === undefined || !entryText(entry).toLowerCase().includes(low)) continue;
    return { state: { ...review, window: kept({ ...review.window, at }, entries.length, rows) } };
  }
  return { state: { ...review, message: `nothing that is shown has \`${review.search}\`: z unfolds all` } };
}

/** One level at a time: details, search, filter, origins, and then out. */
function back(review: Review, size: Size): ReviewTurn {
  if (review.details !== undefined) return { state: details(review) };
  if (review.search !== "") return { state: { ...review, search: "" } };
  if (review.shape.filter !== "" || review.shape.origin !== "all")
    return { state: reshaped(review, { filter: "", origin: "all" }, size) };
  return { state: review, does: { is: "leave" } };
}
