import type { Json } from "../base/canonical.ts";

/** `agent/kind/name`: the same for what is wanted and what is live, on every target. */
export type Id = string;

/**
 * In the place of an agent: what belongs to the project as a whole, such as its network. It is there as long as any
 * agent needs it, whichever file that agent is in.
 */
export const OF_THE_PROJECT = "";

/** A place in a file, as it is shown beside a change. */
export interface Written {
  readonly file: string;
  readonly line: number;
}

export type Fields = Readonly<Record<string, Json>>;

/** One outside object as the files ask for it. */
export interface Resource {
  readonly id: Id;
  readonly agent: string;
  readonly kind: string;
  readonly name: string;
  /** What has to be there before it. */
  readonly after: readonly Id[];
  /** What it is started anew with: a change of one of these reaches it though nothing of its own changed. */
  readonly follows: readonly Id[];
  readonly fields: Fields;
  /** Whether the new one can be ready before the old one goes, where it is exchanged. */
  readonly exchange: "start first" | "stop first";
  /** How what runs in it is exchanged while the object itself stays; absent where it is the object that runs. */
  readonly rolls?: "start first" | "stop first";
  /** Something is lost for good when it goes. */
  readonly holdsData: boolean;
  readonly protect: boolean;
  /** From the project's root. */
  readonly source: string;
  /** Where fields were written, by their path: the nearest ancestor that is named holds for what is below. */
  readonly written: Readonly<Record<string, Written>>;
  /** Wanted because it was like this once, and not from the files of today. */
  readonly was?: Was;
}

/** What something was that is wanted again. */
export type Was = {
  /** Which object that was: an image by its id is found by that under no name. */
  readonly identity: string;
  /** What was asked for then, where that is not what was live. */
  readonly asked?: Fields;
};

/** One live object that is this project's, in the shape of what was asked for. */
export interface Observed {
  readonly id: Id;
  readonly agent: string;
  readonly kind: string;
  readonly name: string;
  readonly after: readonly Id[];
  readonly fields: Fields;
  /** What the last apply asked for, where the object still knows it: tells an edit of the files from a drift. */
  readonly asked?: Fields;
  readonly holdsData: boolean;
  readonly protect: boolean;
  readonly source: string;
  /** Which root it was applied from. */
  readonly origin: string;
  /** What makes it this very object: a container's id, a uid, a replica's slot. */
  readonly identity: string;
  /** Who changed it last, where the platform says so. */
  readonly changedBy?: string;
  /** By field: who else wrote it, where the platform keeps that. */
  readonly others?: Readonly<Record<string, string>>;
  /** By the same fields: when they did, UTC, where the platform keeps that too. */
  readonly changedAt?: Readonly<Record<string, string>>;
  /** What the platform itself says that it would become, its own defaults and admission included. */
  readonly becomes?: Fields;
  /** By field: why the platform refuses to change it in place, beyond what the rules of its kind say. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** It stands beside the one that counts, and nothing wants it: an apply that was interrupted left it. */
  readonly leftOver?: true;
  readonly hold?: Hold;
  /** How long its last starts took until it was ready, at most five: what a change is likely to cost. */
  readonly readyMs?: readonly number[];
}

/** Somebody's decision that a plan leaves alone until it is released. */
export interface Hold {
  readonly by: string;
  readonly since: string;
  readonly what: string;
  readonly reason?: string;
}

/** What a target says of a kind, as data: how its fields compare, and which of them a live object cannot change. */
export interface KindRules {
  /** Pattern of a field's path → why it cannot change in place. `*` is one step, `**` any number. */
  readonly replaceOn: Readonly<Record<string, string>>;
  /** Fields that are somebody else's: never compared. */
  readonly ignore: readonly string[];
  /** Fields that hold a keyed digest instead of a value. */
  readonly secret: readonly string[];
  /** Fields with the files of the agent. */
  readonly code: readonly string[];
  /** What comes and goes by itself: compared, but no reason to call a saved plan stale. */
  readonly volatile: readonly string[];
  /** Pattern of a field's path → why what runs is exchanged though the object itself is changed in place. */
  readonly rolls: Readonly<Record<string, string>>;
}
