import { byCodeUnit } from "../../base/canonical.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { printYaml } from "../../document/print-yaml.ts";
import { gatherFacts } from "../../facts/facts.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Emitter, EmitRequest, Lost } from "../../model/emit.ts";
import type { AgentView } from "../../model/checked.ts";
import { OF_THE_PROJECT, type Written } from "../../model/resource.ts";
import { positionAt, type Span } from "../../model/source.ts";
import type { Files } from "../../model/system.ts";
import { system } from "../../system/system.ts";
import { lossesOf } from "./losses.ts";
import { outsideOf, writtenIn } from "../plans/prepare.ts";
import type { Loaded } from "../project/project.ts";

export interface EmittedText {
  readonly text: string;
  readonly lost: readonly Lost[];
  /** What holds on the target, and is worth a warning here too. */
  readonly warnings: readonly Diagnostic[];
}

/** Agents as a file of another tool, from what a plan would want: nothing that is live is asked. */
export function emitted(
  loaded: Loaded,
  emitter: Emitter,
  to: Pick<EmitRequest, "agents" | "project" | "origin" | "namespace" | "root">,
  files: Files = system.files,
): Result<EmittedText, readonly Diagnostic[]> {
  const written = writtenIn(loaded);
  const lineOf = ({ file, start }: Span): Written => ({
    file,
    line: positionAt(loaded.texts.get(file) ?? "", start).line,
  });
  const losses = lossesOf(loaded.compiled.views, emitter, lineOf);
  const faults = loaded.diagnostics
    // What is only a warning while somebody writes is an error when it is carried out.
    .map((one): Diagnostic => (one.code === "AAC1052" ? { ...one, level: "error" } : one))
    .filter((one) => one.level === "error" && !losses.covers(one));
  if (faults.length > 0) return err(faults);
  const isAsked = new Set(to.agents);
  const ir = { ...loaded.compiled.ir, project: to.project };
  const asked = Object.fromEntries(Object.entries(ir.agents).filter(([name]) => isAsked.has(name)));
  const gathered = gatherFacts({
    ...outsideOf(loaded.root, loaded.lookup),
    files,
    ir: { ...ir, agents: asked },
    hash: system.digests.sha256,
    keyed: () => undefined,
    // Secrets are not looked for: in the output their names stand for them.
    values: "there",
  });
  if (gathered.diagnostics.length > 0) return err(gathered.diagnostics);
  const facts = { agents: gathered.facts, target: null };
  const desired = emitter.target
    .desired({ ir, facts, written })
    .filter(({ agent }) => agent === OF_THE_PROJECT || isAsked.has(agent));
  const made = emitter.emit({ ...to, ir, facts, desired });
  if (!made.ok) return err([made.error]);
  const views = new Map(loaded.compiled.views.map((view) => [view.ir.name, view]));
  const own = made.value.lost.map((one) =>
    placed(one, written[one.agent] ?? {}, views.get(one.agent), lineOf),
  );
  const rest = losses.lost.filter((one) => !own.some((other) => isSameField(one, other)));
  return ok({
    text: made.value.is === "text" ? made.value.text : printYaml(made.value.documents),
    lost: [...rest, ...own].filter(({ agent }) => isAsked.has(agent)).sort(inOrder),
    warnings: loaded.diagnostics.filter(({ code, level }) => level === "warning" && code.startsWith("AAC23")),
  });
}

/** Where a field was written; of the nearest ancestor that was, if it was not. */
function placed(
  one: Lost,
  places: Readonly<Record<string, Written>>,
  view: AgentView | undefined,
  lineOf: (span: Span) => Written,
): Lost {
  const steps = one.field.split(".");
  for (let length = steps.length; length > 1; length--) {
    const at = places[steps.slice(0, length).join("/")];
    if (at !== undefined) return { ...one, at };
  }
  return view === undefined ? one : { ...one, at: lineOf(view.doc.at(["spec", ...steps], "key")) };
}

const isSameField = (a: Lost, b: Lost): boolean => a.agent === b.agent && a.field === b.field;

/** As they stand in the file. */
function inOrder(a: Lost, b: Lost): number {
  return (
    byCodeUnit(a.agent, b.agent) || (a.at?.line ?? 0) - (b.at?.line ?? 0) || byCodeUnit(a.field, b.field)
  );
}
