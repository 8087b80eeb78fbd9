import { createHash, createHmac } from "node:crypto";
import { load } from "../../src/cli/project/project.ts";
import { parseEnvFile } from "../../src/document/env-file.ts";
import { type FactsRequest, gatherFacts, type Gathered } from "../../src/facts/facts.ts";
import type { Ir } from "../../src/model/ir.ts";
import type { Files } from "../../src/model/system.ts";
import { UID } from "./memory-files.ts";

export const HEAD = "apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: desk}\nspec:\n";

/** The project of a root as its IR; a fault in it is a fault of the test. */
export async function irOf(files: Files, root: string): Promise<Ir> {
  const loaded = await load({ cwd: root, files, environment: {}, named: ["."], whole: true });
  const faults = loaded.diagnostics.filter(({ level }) => level === "error");
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join("\n"));
  return loaded.compiled.ir;
}

export const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const keyed = (text: string): string => createHmac("sha256", "key").update(text).digest("hex");

export type Asked = Partial<Omit<FactsRequest, "ir" | "files" | "root">> & {
  readonly variables?: Readonly<Record<string, string>>;
};

export function outside(files: Files, root: string, asked: Asked = {}) {
  const { variables = {}, ...rest } = asked;
  return {
    root,
    files,
    uid: UID,
    hash,
    keyed,
    lookup: () => (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    parseEnv: (text: string) => parseEnvFile("env", text).values,
    ...rest,
  };
}

export async function gather(files: Files, root: string, asked: Asked = {}): Promise<Gathered> {
  return gatherFacts({ ir: await irOf(files, root), ...outside(files, root, asked) });
}
