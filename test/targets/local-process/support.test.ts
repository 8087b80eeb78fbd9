import { describe, expect, test } from "vitest";
import { check } from "../../../targets/local-process/check.ts";
import { notBuiltYet, support } from "../../../targets/local-process/support.ts";
import { describeSupport } from "../../helpers/target-support.ts";

/** What the file asks for by default anyway is no question. */
const ASKED: Readonly<Record<string, readonly unknown[]>> = {
  "network.mode": ["none"],
  "security.seccomp": ["./seccomp.json"],
  "logging.destination": ["/var/log/chatbot.log"],
};

describeSupport("a process", { support, check, asked: ASKED });

describe("the table of what a process carries", () => {
  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "dependencies: packages where the runtime is neither python nor nodejs",
        "isolation",
        "overrides: overrides of local-process",
        "resources.limits.connections",
        "resources.limits.io",
        "runtime: the runtimes go, rust and java",
        "scaling",
        "security.capabilities",
        "security.noNewPrivileges",
        "security.readOnlyRootFilesystem",
        "security.runAsGroup",
        "security.runAsUser",
        "security.seccomp",
        "update",
        "volumes",
      ]
    `);
  });
});
