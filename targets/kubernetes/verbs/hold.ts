import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Decision, Outcome } from "../../../src/model/operates.ts";
import type { Hold } from "../../../src/model/resource.ts";
import { listBoth, type On } from "../live/lists.ts";
import { ANNOTATION } from "../names.ts";
import { byAgent, patch, unknown } from "./changes.ts";
import { heldIn, replicasIn } from "./holds.ts";

/** Writes a decision on the Deployment; its pods are left as they are. */
export async function hold(on: On, agent: string, decided: Hold): Promise<Result<void, Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value).get(agent);
  const outcome =
    live === undefined ? unknown(agent) : failure(await patch(on, agent, annotated(holdText(decided, live))));
  if (outcome === undefined) return ok(undefined);
  const code = live === undefined ? "AAC4008" : "AAC4014";
  return err(diagnostic(code, undefined, `${agent} cannot be held: ${outcome.text}`));
}

/** Nothing is started by it: what the files say comes with the next apply. */
export async function release(
  on: On,
  agents: readonly string[],
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value);
  return ok(
    await Promise.all(
      agents.map(async (agent): Promise<Outcome> => {
        const own = live.get(agent);
        if (own === undefined) return unknown(agent);
        if (heldIn(own) === undefined) return { agent, ok: true, text: "not held" };
        return failure(await patch(on, agent, annotated(null))) ?? { agent, ok: true, text: "released" };
      }),
    ),
  );
}

/** Another number of pods, and why: a plan leaves it alone. */
export async function scale(
  on: On,
  agent: string,
  replicas: number,
  { by, reason }: Decision,
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value).get(agent);
  if (live === undefined) return ok([unknown(agent)]);
  const decided: Hold = {
    by,
    since: on.system.clock.wall(),
    what: `scaled to ${replicas}`,
    ...(reason === undefined ? {} : { reason }),
  };
  const done = await patch(on, agent, { ...annotated(holdText(decided, live)), spec: { replicas } });
  return ok([failure(done) ?? { agent, ok: true, text: `scaled to ${replicas}` }]);
}

const annotated = (text: string | null): { readonly metadata: Json } => ({
  metadata: { annotations: { [ANNOTATION.hold]: text } },
});

/** How many there were before the first of several decisions is what a start goes back to. */
function holdText(decided: Hold, live: Json): string {
  const now = replicasIn(live);
  const replicas = heldIn(live)?.replicas ?? (now > 0 ? now : undefined);
  return canonicalJson({ ...decided, ...(replicas === undefined ? {} : { replicas }) });
}

const failure = (done: Result<Json, Outcome>): Outcome | undefined => (done.ok ? undefined : done.error);
