import { describe, expect, test } from "vitest";
import { check } from "../../../targets/kubernetes/check.ts";
import { notBuiltYet, support } from "../../../targets/kubernetes/support.ts";
import { describeSupport } from "../../helpers/target-support.ts";

/** Fields of the items of a list: what else an item needs. */
const ITEMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ports: { container: 8080 },
  "network.ports": { container: 8080 },
};

const ASKED: Readonly<Record<string, readonly unknown[]>> = {
  // What the schema's own example asks of another target, said for a cluster.
  "network.mode": ["none"],
  "security.seccomp": ["./seccomp.json"],
  "logging.destination": ["/var/log/chatbot.log"],
  "supervision.stopSignal": ["SIGINT"],
  // `exec` has no image by itself.
  runtime: ["python", "python:3.11", "nodejs"],
  secrets: [
    [{ name: "API_KEY" }],
    [{ name: "API_KEY", from: "kubernetes-secret", secretName: "keys", secretKey: "api" }],
  ],
  // Its timeout has a note of its own.
  "lifecycle.onStart": [{ command: ["python", "notify.py"] }],
};

/** What has to stand beside a field. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  timeout: { command: ["true"] },
};

function specOf(path: string, value: unknown): object {
  const list = Object.keys(ITEMS).find((one) => path.startsWith(`${one}.`));
  const [first = "", ...rest] = (list ?? path).split(".");
  const whole = list === undefined ? value : [{ ...ITEMS[list], [path.slice(list.length + 1)]: value }];
  return {
    [first]: rest.reduceRight<unknown>((held, key) => ({ [key]: held, ...BESIDE[key] }), whole),
  };
}

describeSupport("a pod", { support, check, asked: ASKED, specOf });

describe("the table of what a pod carries", () => {
  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "dependsOn: waiting until another agent has completed",
        "isolation.level",
        "isolation.network",
        "network.security",
        "overrides: overrides of kubernetes",
        "priority",
        "runtime: the runtimes go, rust and java without an image",
        "scaling.maxReplicas",
        "scaling.metrics",
        "supervision.restart",
      ]
    `);
  });
});
