import type { AgentStatus } from "../../model/operates.ts";

/** What an agent does now, for all of its replicas together: symbol and word say it, a colour only repeats it. */
export interface NodeState {
  readonly mark: string;
  /** `ready`, `failed 1 of 3` */
  readonly word: string;
  readonly tone: Tone;
}

export type Tone = "well" | "busy" | "ill" | "off" | "absent";

const MARKS: Readonly<Record<Tone, string>> = { well: "✓", busy: "◌", ill: "✗", off: "■", absent: "·" };
const NOT_THERE: NodeState = { mark: MARKS.absent, word: "not applied", tone: "absent" };
/** The first of these that a replica has is what a person has to know of the agent. */
const WORST: readonly Tone[] = ["ill", "busy", "off", "well"];

export function stateOf(replicas: readonly AgentStatus[]): NodeState {
  const seen = replicas.map((one) => ({ word: wordOf(one), tone: toneOf(one) }));
  const tone = WORST.find((one) => seen.some((replica) => replica.tone === one));
  const [worst] = seen.filter((one) => one.tone === tone).toSorted((a, b) => (a.word < b.word ? -1 : 1));
  if (worst === undefined) return NOT_THERE;
  const alike = seen.filter(({ word }) => word === worst.word).length;
  const count = seen.length === 1 ? "" : alike === seen.length ? ` ×${alike}` : ` ${alike} of ${seen.length}`;
  return { mark: MARKS[worst.tone], word: `${worst.word}${count}`, tone: worst.tone };
}

function wordOf({ state, health }: AgentStatus): string {
  return health === "unhealthy" && toneOf({ state, health: "none" }) === "well" ? "unhealthy" : state;
}

function toneOf({ state, health }: Pick<AgentStatus, "state" | "health">): Tone {
  switch (state) {
    case "ready":
    case "completed":
      return health === "unhealthy" ? "ill" : "well";
    case "running":
      return health === "unhealthy" ? "ill" : health === "starting" ? "busy" : "well";
    case "stopped":
    case "paused":
      return "off";
    case "pending":
    case "starting":
    case "stopping":
      return "busy";
    default:
      return "ill";
  }
}
