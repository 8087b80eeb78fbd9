import { byCodeUnit } from "../base/canonical.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { AgentFacts } from "../model/facts.ts";
import type { AgentIr, Value } from "../model/ir.ts";
import { envFiles, type Found, type Outside } from "./outside.ts";
import { isOptional, isSecret, secretFact, type Source, sourcesOf, textBehind } from "./secrets.ts";

export interface Texts extends Pick<AgentFacts, "secrets" | "texts" | "absent"> {
  readonly diagnostics: readonly Diagnostic[];
}

/** What stands behind each variable of an agent that its file only refers to: secrets as digests, the rest as text. */
export function textsOf(
  outside: Outside,
  agent: AgentIr,
  keyed: (text: string) => string | undefined,
  values: "here" | "there",
): Texts {
  const env = envFiles(outside, agent);
  const diagnostics = env.unread.map(({ path, why }) =>
    diagnostic("AAC1010", undefined, `the env file \`${path}\` of \`${agent.name}\` cannot be read: ${why}`, {
      notes: [
        "its variables would be missing",
        `write it, or take it out of \`envFile\` in ${agent.source.file}`,
      ],
    }),
  );
  const secrets: [string, AgentFacts["secrets"][string]][] = [];
  const texts: [string, string][] = [];
  const absent: string[] = [];
  for (const [name, source] of sourcesOf(agent, env)) {
    if (values === "there" && isThere(source)) continue;
    // The address of a service changes no answer to what a secret is made of.
    const found = textBehind(outside, agent, name, source, (address) => `\${${address}}`);
    const optional = isOptional(agent, source);
    if (found === undefined) {
      if (optional && source.of === "entry" && !isKnown(agent, source.value)) absent.push(name);
    } else if (isSecret(name, source, found.is === "found" ? found.text : undefined)) {
      secrets.push([name, secretFact(found, optional, keyed)]);
      if (found.is === "nothing" && optional) absent.push(name);
    } else if (found.is === "found") texts.push([name, found.text]);
    else if (found.is === "nothing" && optional) absent.push(name);
    else diagnostics.push(missing(agent, name, source, found));
  }
  return { secrets: sorted(secrets), texts: sorted(texts), absent: absent.sort(byCodeUnit), diagnostics };
}

/** What the platform keeps itself is not looked for on this machine, where it may be another. */
const isThere = (source: Source): boolean =>
  source.of === "secret" ||
  (source.of === "entry" && (source.value.is === "secret" || source.value.is === "configmap"));

/** Whether a target will find something for a variable that is optional. */
function isKnown(agent: AgentIr, value: Value): boolean {
  if (value.is === "config") {
    const config = agent.config?.value;
    return typeof config === "object" && config !== null && Object.hasOwn(config, value.key);
  }
  if (value.is !== "service") return true;
  const service = Object.hasOwn(agent.services, value.service) ? agent.services[value.service] : undefined;
  return service !== undefined && !(service.role === "used" && service.from === "nobody");
}

function missing(
  agent: AgentIr,
  name: string,
  source: Source,
  found: Exclude<Found, { is: "found" }>,
): Diagnostic {
  const value = source.of === "entry" ? source.value : undefined;
  const where = agent.source.file;
  if (found.is === "refused")
    return diagnostic(
      "AAC1010",
      undefined,
      `\`${name}\` of \`${agent.name}\` cannot be taken: ${found.why}`,
      {
        notes: [`it is asked for in ${where}`],
      },
    );
  if (value?.is === "caller")
    return diagnostic(
      "AAC1053",
      undefined,
      `\`${value.variable}\` is not set, and \`${agent.name}\` takes \`${name}\` from it`,
      {
        notes: [
          `give it: \`--set ${value.variable}=…\`, \`--env-file\`, a \`.env\` beside ${where}, or the environment`,
          "or write a `defaultValue`, or `optional: true` where the agent can do without",
        ],
      },
    );
  return diagnostic(
    "AAC1010",
    undefined,
    `\`${name}\` of \`${agent.name}\` is missing: looked for ${found.looked.join(", then ")}`,
    { notes: [`write that file, or \`optional: true\` in ${where} where the agent can do without`] },
  );
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => byCodeUnit(a, b)));
}
