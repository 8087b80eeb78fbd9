import { looksSecret } from "../../../src/base/secret-words.ts";
import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Path } from "../../../src/model/source.ts";
import { ownSecret } from "../wants/environment.ts";

/**
 * Secrets that the file takes from this machine. A value that passed through here would stand in the object that it
 * is written into, where everybody reads it who may look at a Deployment: it has to be put into a Secret by hand.
 */
export function secretFaults(view: AgentView): Diagnostic[] {
  return [...variableFaults(view), ...declaredFaults(view)];
}

function variableFaults({ ir, doc }: AgentView): Diagnostic[] {
  return (doc.value.spec.environment ?? []).flatMap((entry, i): Diagnostic[] => {
    const path: Path = ["spec", "environment", i, "from"];
    if (!("from" in entry)) return [];
    const { name } = entry;
    if (entry.from === "file")
      return [fault({ ir, doc }, path, "a file of this machine", name, fromFile(name, entry.path))];
    if (entry.from !== "env") return [];
    const variable = entry.envKey ?? name;
    if (!looksSecret(name) && !looksSecret(variable)) return [];
    return [fault({ ir, doc }, path, "a secret of this machine", name, fromVariable(name, variable))];
  });
}

function declaredFaults({ ir, doc }: AgentView): Diagnostic[] {
  return (doc.value.spec.secrets ?? []).flatMap((entry, i): Diagnostic[] => {
    if (!("from" in entry) || entry.from === "kubernetes-secret") return [];
    const path: Path = ["spec", "secrets", i, "from"];
    const variable = ir.secrets[entry.name]?.variable ?? entry.name;
    switch (entry.from) {
      case "env": {
        const from = fromVariable(entry.name, entry.envKey ?? variable);
        return [fault({ ir, doc }, path, "a secret of this machine", entry.name, from, "leave `from` out")];
      }
      case "file": {
        const from = fromFile(entry.name, entry.path);
        return [fault({ ir, doc }, path, "a file of this machine", entry.name, from, "leave `from` out")];
      }
      case "docker-secret": {
        const from = fromFile(entry.name, "PATH");
        return [fault({ ir, doc }, path, "a secret of a swarm", entry.name, from, "leave `from` out")];
      }
    }
  });
}

const fromVariable = (key: string, variable: string): string => `--from-literal=${key}="$${variable}"`;
const fromFile = (key: string, path: string): string => `--from-file=${key}=${quoted(path)}`;

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

function fault(
  { ir, doc }: AgentView,
  path: Path,
  what: string,
  name: string,
  from: string,
  then = "write `from: secret`",
): Diagnostic {
  return diagnostic("AAC2306", doc.at(path), `\`${name}\` is ${what}, which a pod does not see`, {
    notes: [`put it there: kubectl create secret generic ${ownSecret(ir.name)} ${from}`, `and ${then}`],
  });
}
