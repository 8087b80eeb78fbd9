import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { asFinding, type Finding, type Question } from "../../../src/model/doctor.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { placeAt } from "../../../src/model/place.ts";
import type { System } from "../../../src/model/system.ts";
import type { Here } from "../../../src/model/target.ts";
import { imageOf } from "../../../src/wanted/image.ts";
import type { Cluster } from "../client.ts";
import { desired } from "../desired.ts";
import { hasNamespace } from "../live/gather.ts";
import type { On } from "../live/lists.ts";
import { missingThings } from "../live/missing.ts";
import { secretLooks } from "../live/secrets.ts";
import { notThere } from "./rights.ts";

type OfAgent = Extract<Question, { readonly is: "agent" }>;

/** What stands in the way of one agent in a cluster: what its pods would wait for in vain. */
export async function agentFindings(
  cluster: Cluster,
  system: System,
  here: Here,
  question: OfAgent,
): Promise<readonly Finding[]> {
  const { server, namespace } = cluster;
  const place = placeAt(here, system.digests, {
    where: `${cluster.context || server}/${namespace}`,
    identity: `${server}\n${namespace}`,
    isOnly: false,
  });
  const on: On = { cluster, system, place, namespace };
  const there = await hasNamespace(on);
  if (!there.ok) return [asFinding("namespace", there.error)];
  const missing = await missingThings(on, planOf(question), looksOf(on), !there.value);
  return [
    ...(there.value ? [] : [notThere(namespace)]),
    ...needs(missing, namespace, there.value),
    image(question),
  ];
}

/** As if the agent were made anew: all that it needs is asked for. */
function planOf({ ir, agent, facts }: OfAgent): Plan {
  const resources = desired({ ir, facts: { agents: { [agent.name]: facts }, target: null }, written: {} });
  return {
    changes: resources.map((resource) => ({
      is: "create",
      id: resource.id,
      resource,
      because: [{ is: "missing" }],
    })),
    outside: 0,
    refusals: [],
  };
}

/** Which keys a Secret has is all that is wanted of it: nothing is compared, so no key is asked for. */
const looksOf = (on: On): ReturnType<typeof secretLooks> =>
  secretLooks(on, () => Promise.resolve({ is: "absent" }));

function needs(missing: readonly Diagnostic[], namespace: string, isThere: boolean): readonly Finding[] {
  const about = "references";
  if (missing.length === 0) {
    // Where there is no namespace, whatever it named would be missing.
    const found = isThere
      ? `all Secrets and maps that it names are in ${namespace}`
      : "it names no Secrets and no maps";
    return [{ about, is: "ok", found }];
  }
  return missing.map((one) => asFinding(about, one));
}

/** Whether a node can have it shows when a pod starts; one that cannot is told by the state above. */
function image({ agent, facts }: OfAgent): Finding {
  const source = imageOf(agent, facts);
  return source.is === "named"
    ? { about: "image", is: "ok", found: `${source.reference}: nodes pull it when a pod starts` }
    : {
        about: "image",
        is: "warn",
        found: `${source.reference} has to be where the nodes can pull it: nothing is built for a cluster`,
        repair: `aac emit dockerfile --target-agent ${agent.name} -o Dockerfile, then build and push it`,
      };
}
