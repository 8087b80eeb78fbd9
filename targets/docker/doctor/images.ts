import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { Finding, Question } from "../../../src/model/doctor.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { imageOf } from "../../../src/wanted/image.ts";
import type { Connected, Docker } from "../client.ts";
import { attempt } from "../engine.ts";
import { imageNamed } from "../image/live-image.ts";

const MOST = 5;

/** What the images of these agents need of the engine: those that are not there are pulled or built by an apply. */
export async function imageFindings(
  { docker }: Connected,
  { ir, facts }: Extract<Question, { readonly is: "place" }>,
): Promise<readonly Finding[]> {
  const agents = Object.keys(facts)
    .sort(byCodeUnit)
    .flatMap((name) => {
      const [agent, own] = [ir.agents[name], facts[name]];
      return agent === undefined || own === undefined ? [] : [{ agent, facts: own }];
    });
  if (agents.length === 0) return [];
  const images = await attempt(() => docker.listImages());
  if (!images.ok)
    return [{ about: "images", is: "fail", found: `cannot be listed: ${images.error.message}` }];
  const absent = agents.flatMap(({ agent, facts }) => {
    const found = imageFinding(agent, facts, images.value);
    return found.is === "ok" ? [] : [agent.name];
  });
  if (absent.length === 0)
    return [{ about: "images", is: "ok", found: `those of all ${agents.length} agents are on the engine` }];
  const more = absent.length > MOST ? ` and ${absent.length - MOST} more` : "";
  return [
    {
      about: "images",
      is: "ok",
      found: `${agents.length - absent.length} of ${agents.length} are on the engine; an apply pulls or builds those of ${absent.slice(0, MOST).join(", ")}${more}`,
    },
  ];
}

/** The image of one agent; `warn` where it has to be had from elsewhere. */
export function imageFinding(
  agent: AgentIr,
  facts: AgentFacts,
  images: readonly Docker.ImageInfo[],
): Finding {
  const source = imageOf(agent, facts);
  const about = "image";
  if (imageNamed(images, source.reference) !== undefined)
    return { about, is: "ok", found: `${source.reference} is on the engine` };
  if (source.is === "named")
    return {
      about,
      is: "warn",
      found: `${source.reference} is not on the engine: an apply has to pull it`,
      repair: `docker pull ${source.reference}`,
    };
  return { about, is: "ok", found: `${source.reference} is built by the next apply` };
}
