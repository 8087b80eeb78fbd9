import { NOTHING_PULLED, type Pull, pullAfter, pullSays, type Said } from "./pulled.ts";
import type { Told } from "./progress.ts";

/** A build as far as it is, from what an engine prints of it. */
export interface Build {
  /** Which of our own steps runs, and how many there are; none before the first. */
  readonly step: number;
  readonly of: number;
  readonly cached: number;
  /** Of the image that it begins with. */
  readonly pull: Pull;
}

export const NOTHING_BUILT: Build = { step: 0, of: 0, cached: 0, pull: NOTHING_PULLED };

/** What an engine says of its own work. */
const OWN = /^(?: ---> |Removing intermediate container |Successfully (?:built|tagged) )/;

/** An engine counts each label as a step of the recipe; they come last, and are nobody's but ours. */
export function buildAfter(
  build: Build,
  line: string,
  labels: number,
): { readonly build: Build; readonly said?: Said; readonly isStep?: true } {
  const [, step = "", of = "", words = ""] = /^Step (\d+)\/(\d+) : (.*)$/.exec(line) ?? [];
  if (step !== "") {
    const all = Number(of) - labels;
    if (Number(step) > all) return { build: { ...build, step: all, of: all } };
    const next = { ...build, step: Number(step), of: all };
    return { build: next, said: saidOf(next, words), isStep: true };
  }
  if (line.startsWith(" ---> Using cache")) {
    // Those of our labels are no steps of anybody.
    return { build: { ...build, cached: Math.min(build.step, build.cached + 1) } };
  }
  if (build.step === 0 || line.trim() === "" || OWN.test(line)) return { build };
  return { build, said: saidOf(build, line.trim()) };
}

/** The image that a recipe begins with may have to be pulled first. */
export function buildPulled(build: Build, told: Told): { readonly build: Build; readonly said?: Said } {
  const pull = pullAfter(build.pull, told);
  if (pull === build.pull) return { build };
  const next = { ...build, pull };
  return { build: next, said: saidOf(next, pullSays(pull).text) };
}

const saidOf = ({ step, of }: Build, words: string): Said => ({
  text: of === 0 ? words : `step ${step} of ${of}: ${words}`,
  ...(of === 0 ? {} : { part: { done: step - 1, of } }),
});

/** `built 4 of 4 steps, 3 from the cache` */
export function builtSays({ of, cached }: Build): Said | undefined {
  if (of === 0) return undefined;
  const kept = cached === 0 ? "" : `, ${cached === of ? "all" : cached} from the cache`;
  return { text: `built ${of} of ${of} steps${kept}`, part: { done: of, of } };
}
