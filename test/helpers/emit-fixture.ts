import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { PROJECT_FILE } from "../../src/cli/project/find-files.ts";
import { emitted } from "../../src/cli/emit/emitted.ts";
import { load } from "../../src/cli/project/project.ts";
import type { Files } from "../../src/model/system.ts";
import { files } from "../../src/system/files.ts";
import { plainPaint } from "../../src/ui/paint.ts";
import { lostReport } from "../../src/ui/lost.ts";
import { EMITTERS } from "../../targets/registry.ts";
import { FIXTURES } from "./load-fixture.ts";

export type EmittedFixture =
  | { readonly is: "written"; readonly text: string; readonly lost: string }
  | { readonly is: "refused"; readonly why: readonly string[] };

export interface EmitOptions {
  readonly profile?: string;
  /** One of them, for a format that holds one. */
  readonly agent?: string;
}

/** A case as a file of another tool, as it stands in the case's folder; whoever runs it has no variables. */
export async function emitFixture(
  name: string,
  format: string,
  { profile, agent }: EmitOptions = {},
): Promise<EmittedFixture> {
  const emitter = await EMITTERS[format]?.();
  if (emitter === undefined) throw new Error(`${format} is no format`);
  const cwd = join(FIXTURES, name);
  const named = existsSync(join(cwd, PROJECT_FILE)) ? [] : ["."];
  const target = emitter.emitter.target.name;
  const loaded = await load({ cwd, files, environment: {}, named, whole: true, target, profile });
  const all = loaded.compiled.views.map(({ ir }) => ir.name).sort();
  const to = {
    agents: agent === undefined ? all : [agent],
    project: loaded.settings.project ?? basename(name),
    origin: "here",
    root: ".",
  };
  // What is expected of a case is no part of it.
  const own: Files = {
    ...files,
    list: (folder) => files.list(folder).filter((one) => folder !== cwd || one.name !== "expect"),
  };
  const made = emitted(loaded, emitter.emitter, to, own);
  if (!made.ok) return { is: "refused", why: made.error.map(({ code, message }) => `${code} ${message}`) };
  return { is: "written", text: made.value.text, lost: lostReport(made.value.lost, plainPaint) };
}

/** Agents of a case that can be read. */
export async function agentsOf(name: string): Promise<readonly string[]> {
  const cwd = join(FIXTURES, name);
  const named = existsSync(join(cwd, PROJECT_FILE)) ? [] : ["."];
  const loaded = await load({ cwd, files, environment: {}, named, whole: true });
  return loaded.compiled.views.map(({ ir }) => ir.name).sort();
}
