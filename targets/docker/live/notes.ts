import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Fields, Observed } from "../../../src/model/resource.ts";
import { agentOf, isBackJustNow } from "../verbs/status.ts";
import type { Container } from "./look.ts";

/** One line each for people: what keeps ending, and what nobody can tell. */
export function notesOf(
  objects: readonly Observed[],
  containers: readonly Container[],
  { hasKey, now }: { readonly hasKey: boolean; readonly now: string },
): readonly string[] {
  const failing = containers.flatMap((container) => {
    const agent = agentOf(container);
    const isFailing = container.State.Restarting || isBackJustNow(container, now);
    return isFailing ? [`${agent} keeps ending and is tried again: aac logs ${agent}`] : [];
  });
  const secretive = objects.filter(
    ({ kind, asked }) => kind === "container" && canonicalJson(secretsOf(asked)) !== "{}",
  );
  return [
    ...new Set(failing),
    ...(hasKey || secretive.length === 0
      ? []
      : [
          "the project's key is gone from the engine: whether a secret changed cannot be told until the next apply",
        ]),
  ].sort();
}

const secretsOf = (asked: Fields | undefined): Json => asked?.["secrets"] ?? {};
