import type { Diagnostic } from "../../model/diagnostic.ts";
import type { PlanReport } from "../../model/plan.ts";
import type { Written } from "../../model/resource.ts";
import type { Texts } from "../../model/source.ts";
import { type PlanRows, planRows } from "../plan/rows.ts";
import type { Field } from "../screen/field.ts";
import type { Palette } from "../screen/palette.ts";
import { TOP, type Window } from "../screen/window.ts";
import { type Left, type Part, stillThere } from "./choice.ts";
import { canOpen, entriesOf, type Shape } from "./listing.ts";
import { type Node, type Tree, treeOf } from "./tree.ts";

/** A plan as it is put before somebody, with all that a decision about it needs. */
export interface Offer {
  /** Of the whole plan; the preflight is that of what is chosen at first. */
  readonly report: PlanReport;
  readonly texts?: Texts;
  /** What was taken out before anybody looked. */
  readonly without: ReadonlySet<string>;
  readonly choose: (without: ReadonlySet<string>) => Part;
  /** Whether there is anything to say yes to; else the plan is only looked at, and can be kept. */
  readonly doing: "apply" | "plan";
  readonly production: boolean;
  /** Without colour, differences stand between marks. */
  readonly coloured: boolean;
  /** The project's name was given already, as a plan that destroys asks for it. */
  readonly isNamed: boolean;
  /** The equal command line, without what is taken out: `aac apply -t docker`. */
  readonly command: string;
}

export type Mode =
  | { readonly is: "list" }
  | { readonly is: "filter"; readonly field: Field; readonly before: string }
  | { readonly is: "search"; readonly field: Field }
  | { readonly is: "palette"; readonly palette: Palette }
  | { readonly is: "help"; readonly top: number }
  /** `armed`: it has stood long enough that a key can be an answer to it. */
  | { readonly is: "question"; readonly at: number; readonly armed: boolean }
  /** Nobody types a name by accident, so that it needs no such moment. */
  | { readonly is: "name"; readonly field: Field }
  | { readonly is: "file"; readonly field: Field }
  | { readonly is: "faults"; readonly top: number };

export interface Faults {
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: Texts;
}

export interface Review {
  readonly offer: Offer;
  readonly shape: Shape;
  readonly without: ReadonlySet<string>;
  readonly part: Part;
  readonly left: Left;
  readonly preflight: readonly Diagnostic[];
  /** The preflight of what is chosen is not known yet. */
  readonly checking: boolean;
  /** What goes on outside: nobody can say yes meanwhile. */
  readonly busy?: string;
  readonly window: Window;
  readonly details?: { readonly top: number; readonly focus: boolean };
  readonly mode: Mode;
  readonly search: string;
  readonly message?: string;
  /** The files as they are now: no plan could be made of them, so that the one before is shown. */
  readonly faults?: Faults;
}

export type Effect =
  | { readonly is: "apply"; readonly part: Part }
  | { readonly is: "leave" }
  | { readonly is: "edit"; readonly at: Written }
  /** Something else is chosen: its preflight has to be run. */
  | { readonly is: "chosen"; readonly part: Part }
  | { readonly is: "write"; readonly part: Part; readonly file: string };

/** More objects than this are easier to take in folded. */
const FEW = 12;

export function begin(offer: Offer): Review {
  const tree = treeOf(offer.report, offer.texts);
  const part = offer.choose(offer.without);
  return {
    offer,
    shape: {
      tree,
      told: toldOf(offer, part, offer.report.preflight),
      open: tree.objects > FEW ? new Set() : allOpen(tree),
      filter: "",
      origin: "all",
      coloured: offer.coloured,
    },
    without: offer.without,
    part,
    left: leftOf(part),
    preflight: offer.report.preflight,
    checking: false,
    window: TOP,
    mode: { is: "list" },
    search: "",
  };
}

export const allOpen = (tree: Tree): ReadonlySet<string> =>
  new Set([...tree.byKey.values()].filter(canOpen).map(({ key }) => key));

const leftOf = (part: Part): Left => new Map(part.left.map(({ id, because }) => [id, because]));

/** The verdict and all that is said of what is chosen. */
function toldOf({ report, texts }: Offer, { plan }: Part, preflight: readonly Diagnostic[]): PlanRows {
  return planRows({ ...report, plan, preflight }, texts);
}

/** Another part is chosen; what its preflight says is not known yet. */
export function chosen(review: Review, without: ReadonlySet<string>): Review {
  const part = review.offer.choose(without);
  return {
    ...review,
    without,
    part,
    left: leftOf(part),
    checking: true,
    preflight: [],
    shape: { ...review.shape, told: toldOf(review.offer, part, []) },
  };
}

/** What the preflight says of a part; one that is not chosen any more says nothing. */
export function checked(review: Review, part: Part, preflight: readonly Diagnostic[]): Review {
  if (review.part !== part) return review;
  const next: Review = {
    ...review,
    preflight,
    checking: false,
    shape: { ...review.shape, told: toldOf(review.offer, part, preflight) },
  };
  if (next.mode.is !== "question" && next.mode.is !== "name") return next;
  const stops = hindrance(next);
  if (stops !== undefined) return { ...next, mode: { is: "list" }, message: stops };
  return next.mode.is === "question" ? { ...next, mode: { ...next.mode, armed: false } } : next;
}

/** A new plan of the same files: what was taken out of the former stays out, where it is still there. */
export function replanned(review: Review, offer: Offer): Review {
  const without = stillThere(review.without, treeOf(offer.report, offer.texts));
  const fresh = begin({ ...offer, without });
  const known = review.shape.tree.byKey;
  const open = [...fresh.shape.tree.byKey.keys()].filter((key) =>
    known.has(key) ? review.shape.open.has(key) : fresh.shape.open.has(key),
  );
  const { filter, origin } = review.shape;
  const gone = [...review.without].filter((name) => !without.has(name));
  return {
    ...fresh,
    shape: { ...fresh.shape, open: new Set(open), filter, origin },
    window: review.window,
    search: review.search,
    // The preflight that came along is that of the whole.
    checking: without.size > 0,
    ...(review.details === undefined ? {} : { details: review.details }),
    message:
      gone.length === 0
        ? "planned again"
        : `planned again; ${gone.join(", ")} would not change any more, and so is not left out`,
  };
}

/** The files have faults now: they are shown, and the plan that was there stays. */
export function faulty(review: Review, faults: Faults): Review {
  const { busy: _, ...rest } = review;
  return { ...rest, faults, mode: { is: "faults", top: 0 } };
}

export function busyWith(review: Review, busy: string | undefined, message?: string): Review {
  const { busy: _, message: __, ...rest } = review;
  return {
    ...rest,
    ...(busy === undefined ? {} : { busy }),
    ...(message === undefined ? {} : { message }),
  };
}

/** A frame has stood for a moment without a key: what is pressed from now on may answer what it asks. */
export function stood(review: Review): Review {
  const { mode } = review;
  if (mode.is !== "question" || mode.armed || review.checking) return review;
  return { ...review, mode: { ...mode, armed: true } };
}

/** Why nobody can say yes; undefined where somebody can. */
export function hindrance({ part, preflight, busy }: Review): string | undefined {
  if (busy !== undefined) return busy;
  if (part.plan.changes.every(({ is }) => is === "keep")) return "nothing is chosen: space takes it in again";
  const fails = preflight.filter(({ level }) => level === "error").length;
  if (fails > 0)
    return `${fails} ${fails === 1 ? "thing" : "things"} would fail, so nothing can be applied: the end of the list says what`;
  return part.plan.refusals.some((one) => one.is === "protected")
    ? "what is protected would go, so nothing can be applied: the end of the list says what"
    : undefined;
}

/** What is lost for good, or much at once, is asked for by the project's name. */
export function asksForName({ offer, part }: Review): boolean {
  if (offer.isNamed) return false;
  return (
    offer.report.destroy ||
    part.plan.refusals.some((one) => one.is === "more than half") ||
    part.plan.changes.some(
      (change) => (change.is === "delete" || change.is === "replace") && change.costs.losesData,
    )
  );
}

export function isChanging({ part }: Review): boolean {
  return part.plan.changes.some(({ is }) => is !== "keep");
}

/** The object that the chosen line is of; undefined at the end of the list. */
export function nodeAt(review: Review, columns: number): Node | undefined {
  return entriesOf(review.shape, columns)[review.window.at]?.node;
}
