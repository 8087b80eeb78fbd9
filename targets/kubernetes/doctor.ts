import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { asFinding, type Check, type Finding, type Question } from "../../src/model/doctor.ts";
import type { System } from "../../src/model/system.ts";
import type { Here } from "../../src/model/target.ts";
import { isFine, textAt, unanswered } from "./answers.ts";
import { type Cluster, connect } from "./client.ts";
import { agentFindings } from "./doctor/agent.ts";
import { namespaceFindings, rightsFindings } from "./doctor/rights.ts";

const REACH_MS = 2000;

/** Which cluster is meant, whether it answers, and what this user may do there. */
export function doctor(system: System, here: Here, question: Question): readonly Check[] {
  const isPresence = question.is === "presence";
  return [
    {
      about: isPresence ? "kubernetes" : "cluster",
      async look() {
        const { environment } = system.host;
        const connected = await connect(here.chosen, environment, system.files);
        if (!connected.ok)
          return [isPresence ? unneeded(connected.error) : asFinding("kubeconfig", connected.error)];
        const cluster = connected.value;
        try {
          return isPresence
            ? [await presence(system, cluster)]
            : [chosen(cluster), ...(await findings({ cluster, system, here }, question))];
        } finally {
          cluster.close();
        }
      },
    },
  ];
}

const whereOf = ({ context, server, namespace }: Cluster): string =>
  `${context === "" ? server : `the context ${context}`}, namespace ${namespace}`;

const unneeded = ({ message }: Diagnostic): Finding => ({
  about: "kubernetes",
  is: "unneeded",
  found: message,
});

const chosen = (cluster: Cluster): Finding => ({
  about: "kubeconfig",
  is: "ok",
  found: `${whereOf(cluster)}, at ${cluster.server}`,
});

/** Whoever signs in may start a program, or a browser: not for a cluster that nobody chose. */
async function presence(system: System, cluster: Cluster): Promise<Finding> {
  const { hostname, port, protocol } = new URL(cluster.server);
  const number = port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
  const open = await system.net.connect(hostname.replace(/^\[|\]$/g, ""), number, REACH_MS);
  const words = open.is === "open" ? "somebody listens there" : `it cannot be reached: ${open.why}`;
  return {
    about: "kubernetes",
    is: "unneeded",
    found: `${whereOf(cluster)}, at ${cluster.server}: ${words}`,
  };
}

async function findings(
  { cluster, system, here }: { readonly cluster: Cluster; readonly system: System; readonly here: Here },
  question: Exclude<Question, { readonly is: "presence" }>,
): Promise<readonly Finding[]> {
  const version = await cluster.request("GET", "/version", { timeoutMs: REACH_MS });
  if (!isFine(version))
    return [asFinding("cluster", unanswered(cluster.server, version, "tell its version"))];
  const told = textAt(version.body, "gitVersion") ?? "of a version that it does not tell";
  const answers: Finding = { about: "cluster", is: "ok", found: `Kubernetes ${told} answers` };
  const rest = await Promise.all(
    question.is === "agent"
      ? [agentFindings(cluster, system, here, question)]
      : [namespaceFindings(cluster), rightsFindings(cluster)],
  );
  return [answers, ...rest.flat()];
}
