import type { Rule } from "../rule.ts";

const CAPABILITIES: Readonly<Record<string, string>> = {
  SYS_ADMIN: "sys-admin",
  ALL: "privileged",
  SYS_PTRACE: "sys-admin",
  SYS_MODULE: "sys-admin",
  DAC_READ_SEARCH: "sys-admin",
  SYS_RAWIO: "sys-admin",
};

/** What breaks out of a container has to be named under `dangerous`. */
export const dangerousPrivilege: Rule = {
  agent({ ir, doc }, report) {
    const allowed = (word: string): boolean =>
      ir.security.dangerous.includes(word) || ir.security.dangerous.includes("privileged");
    (doc.value.spec.security?.capabilities?.add ?? []).forEach((name, i) => {
      const plain = name.toUpperCase().replace(/^CAP_/, "");
      const word = CAPABILITIES[plain];
      const at = doc.at(["spec", "security", "capabilities", "add", i]);
      if (word !== undefined && !allowed(word)) {
        report("AAC2015", at, `the capability ${plain} is as good as root on the machine`, {
          notes: [`leave it out; if there is no other way, write \`security.dangerous: [${word}]\``],
        });
      }
      if (ir.security.capabilities.drop.some((one) => one.toUpperCase().replace(/^CAP_/, "") === plain)) {
        report("AAC2024", at, `${plain} is both dropped and added`, {
          notes: ["added wins: leave it out of one of the two"],
        });
      }
    });
    if (ir.network.mode === "host" && !allowed("host-network")) {
      report(
        "AAC2015",
        doc.at(["spec", "network", "mode"]),
        "`mode: host` puts the agent on the machine's own network",
        {
          notes: [
            "it then reaches every service that listens on the machine alone",
            "use `ports`; if there is no other way, write `security.dangerous: [host-network]`",
          ],
        },
      );
    }
    if (ir.security.seccomp === "unconfined" && !allowed("privileged")) {
      report(
        "AAC2015",
        doc.at(["spec", "security", "seccomp"]),
        "`unconfined` lets the agent make every system call",
        {
          notes: ["leave `seccomp` out; if there is no other way, write `security.dangerous: [privileged]`"],
        },
      );
    }
    if (ir.security.runAsUser === 0 && !allowed("root")) {
      report("AAC2403", doc.at(["spec", "security", "runAsUser"]), "the agent runs as root", {
        notes: [
          "write a user of its own, such as 1000; if it has to be root, say so: `security.dangerous: [root]`",
        ],
      });
    }
  },
};
