import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { isMap, numberAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { rounds } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent, STAYS } from "../kubernetes/namespace.ts";
import { failedApplies, type Ground } from "./failed-applies.ts";
import { wireTo } from "./lost.ts";

const AWAY_MS = 1500;

const file: Ground["file"] = (agent, round, after, broken) =>
  shellAgent(
    agent,
    broken === "a crash" ? "echo broken; exit 3" : STAYS,
    `  environment: [{name: ROUND, value: "${round}"}]
${Number(agent.slice(-1)) % 3 === 0 ? `  config: {round: ${round}}\n  ports: [{container: 8080}]\n` : ""}${
  broken === "a check that never passes" ? "  healthCheck: {file: /never, interval: 1s}\n" : ""
}${after.length === 0 ? "" : `  dependsOn: [${after.join(", ")}]\n`}`,
  );

/** What a manifest says, without what the cluster keeps about it and what names one apply. */
function said(one: Json): string {
  if (!isMap(one)) return "";
  const { spec, data } = one;
  const metadata = isMap(one["metadata"]) ? one["metadata"] : {};
  const annotations = isMap(metadata["annotations"]) ? metadata["annotations"] : {};
  const kept = Object.fromEntries(
    Object.entries(annotations).filter(
      ([name]) => !/^deployment\.kubernetes\.io|^agent\.dev\/(?:apply|revision|tried)$/.test(name),
    ),
  );
  return canonicalJson({
    labels: metadata["labels"] ?? null,
    annotations: kept,
    spec: spec ?? null,
    data: data ?? null,
    // One that is as it was and cannot come up is not.
    ready: numberAt(one, "status", "readyReplicas"),
  });
}

await describeOn("kubernetes", "an apply to a cluster that fails", (environment) => {
  test(
    "leaves everything as it was before",
    async () => {
      await inCluster({ environment }, {}, async ({ hands, ...project }) => {
        const given = readFileSync(project.kubeconfig(environment["KUBECONFIG"] ?? ""), "utf8");
        const { hostname, port } = new URL(/server: "?(https?:[^",\s]+)/.exec(given)?.[1] ?? "");
        const wire = await wireTo({ host: hostname, port: Number(port) }, {});
        const through = join(project.root, "through.kubeconfig");
        writeFileSync(through, given.replace(`${hostname}:${port}`, `127.0.0.1:${wire.port}`), {
          mode: 0o600,
        });
        const call = { environment: { KUBECONFIG: through } };
        const full = {
          apiVersion: "v1",
          kind: "ResourceQuota",
          metadata: { name: "full" },
          spec: { hard: { pods: "0" } },
        };
        try {
          await failedApplies(
            {
              name: "kubernetes-rollbacks",
              project: {
                write: project.write,
                begin: (args) => project.begin(args, call),
                aac: (args) => project.aac(args, call),
                well: (args) => project.well(args, call),
              },
              file,
              beside: () => ({}),
              ways: [
                { is: "a crash" },
                { is: "a check that never passes" },
                {
                  is: "refused by admission",
                  async meanwhile() {
                    await hands.make("resourcequotas", full);
                    return () => hands.delete("resourcequotas", "full");
                  },
                },
                {
                  is: "a lost cluster",
                  maySucceed: true,
                  async meanwhile() {
                    await wire.cut();
                    const since = Date.now();
                    await until("it is back", () => Date.now() - since > AWAY_MS);
                    await wire.mend();
                    return () => Promise.resolve();
                  },
                },
              ],
              async look() {
                const kinds = ["deployments", "services", "configmaps"];
                const lists = await Promise.all(kinds.map((kind) => hands.list(kind)));
                const found: Record<string, string> = {};
                for (const [i, items] of lists.entries())
                  for (const one of items) {
                    const agent = textAt(one, "metadata", "labels", LABEL.agent);
                    if (agent !== undefined) found[agent] = `${found[agent] ?? ""}${kinds[i]} ${said(one)}\n`;
                  }
                return found;
              },
            },
            1,
          );
        } finally {
          await wire.end();
        }
      });
    },
    60_000 + rounds(1) * 60_000,
  );
});
