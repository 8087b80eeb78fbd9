import type { Json } from "../../../src/base/canonical.ts";
import type { ReplicaStats } from "../../../src/model/operates.ts";
import { at, listAt, textAt } from "../answers.ts";

/** What the agent's own container uses, and of its pod what is counted for the pod alone. */
export type Used = Partial<Pick<ReplicaStats, "at" | "cpu" | "memory" | "processes" | "network">>;

/** By name of the pod; `containers` says by the same name which one is the agent's. */
export type UsedByPod = ReadonlyMap<string, Used>;
export type Containers = ReadonlyMap<string, string>;

const NANOS = 1_000_000;

/** Of the list `pods` that the metrics API answers with. It makes rates itself, over the window that it names. */
export function usedInMetrics(body: Json, containers: Containers): UsedByPod {
  return new Map(
    listAt(body, "items").flatMap((item): [string, Used][] => {
      const pod = textAt(item, "metadata", "name") ?? "";
      const own = ownOf(listAt(item, "containers"), containers.get(pod));
      if (own === undefined) return [];
      const time = textAt(item, "timestamp");
      const cpu = amountIn(textAt(own, "usage", "cpu"));
      const memory = amountIn(textAt(own, "usage", "memory"));
      return [
        [
          pod,
          {
            ...(time === undefined ? {} : { at: time }),
            ...(cpu === undefined ? {} : { cpu: { is: "rate", milli: cpu * 1000 } }),
            ...(memory === undefined ? {} : { memory }),
          },
        ],
      ];
    }),
  );
}

/**
 * Of what the kubelet of a node says about all of its pods. It looks at a container every ten seconds or so, which is
 * why two of its sums are often one and the same: where it has made a rate of them, that is taken.
 */
export function usedInSummary(body: Json, namespace: string, containers: Containers): UsedByPod {
  return new Map(
    listAt(body, "pods").flatMap((item): [string, Used][] => {
      const pod = textAt(item, "podRef", "name") ?? "";
      const own = ownOf(listAt(item, "containers"), containers.get(pod));
      if (own === undefined || textAt(item, "podRef", "namespace") !== namespace) return [];
      const time = textAt(own, "cpu", "time");
      const cpu = cpuIn(own);
      const memory = amountAt(own, "memory", "workingSetBytes");
      const processes = amountAt(item, "process_stats", "process_count");
      const received = amountAt(item, "network", "rxBytes");
      const sent = amountAt(item, "network", "txBytes");
      return [
        [
          pod,
          {
            ...(time === undefined ? {} : { at: time }),
            ...(cpu === undefined ? {} : { cpu }),
            ...(memory === undefined ? {} : { memory }),
            ...(processes === undefined ? {} : { processes }),
            ...(received === undefined || sent === undefined ? {} : { network: { received, sent } }),
          },
        ],
      ];
    }),
  );
}

function cpuIn(container: Json): ReplicaStats["cpu"] {
  const rate = amountAt(container, "cpu", "usageNanoCores");
  if (rate !== undefined) return { is: "rate", milli: rate / NANOS };
  const sum = amountAt(container, "cpu", "usageCoreNanoSeconds");
  return sum === undefined ? undefined : { is: "sum", ms: sum / NANOS };
}

/** What the kernel holds the agent's own container to. */
export function limitsIn(pod: Json, container: string): Pick<ReplicaStats, "cpuLimit" | "memoryLimit"> {
  const limits = at(ownOf(listAt(pod, "spec", "containers"), container), "resources", "limits");
  const cpu = amountIn(textAt(limits, "cpu"));
  const memory = amountIn(textAt(limits, "memory"));
  return {
    ...(cpu === undefined ? {} : { cpuLimit: Math.round(cpu * 1000) }),
    ...(memory === undefined ? {} : { memoryLimit: memory }),
  };
}

const ownOf = (containers: readonly Json[], name: string | undefined): Json | undefined =>
  name === undefined ? undefined : containers.find((one) => textAt(one, "name") === name);

function amountAt(value: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** As measured: finer than what can be asked for, and not exact to the last digit. */
function amountIn(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?)([A-Za-z]*)$/.exec(text ?? "");
  const unit = match === null ? undefined : UNITS[match[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
