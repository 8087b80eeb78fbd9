import { expect } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { writtenIn } from "../../src/cli/plans/prepare.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import type { DesiredRequest } from "../../src/model/target.ts";
import { compileFiles } from "./compile-text.ts";

export interface Learned {
  readonly facts?: Readonly<Record<string, Partial<AgentFacts>>>;
  /** Only these are asked about; all unless given. */
  readonly only?: readonly string[];
}

/** What a target is asked for by files without a fault, with nothing learned about their agents but what is given. */
export async function requestFor(
  files: Readonly<Record<string, string>>,
  { facts, only }: Learned,
  targetFacts: (names: readonly string[]) => Json,
): Promise<DesiredRequest> {
  const { loaded, ir, diagnostics } = await compileFiles(files);
  expect(diagnostics.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([]);
  const names = only ?? Object.keys(ir.agents);
  const agents = Object.fromEntries(
    names.map((name): [string, AgentFacts] => {
      const file = ir.agents[name]?.source.file ?? "";
      const folder = file.includes("/") ? `/project/${file.slice(0, file.lastIndexOf("/"))}` : "/project";
      const none = { code: {}, secrets: {}, texts: {}, absent: [], locks: {} };
      return [name, { folder, ...none, ...facts?.[name] }];
    }),
  );
  return {
    ir: { ...ir, project: "shop" },
    facts: { agents, target: targetFacts(names) },
    written: writtenIn(loaded),
  };
}
