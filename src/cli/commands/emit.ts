import { dirname, relative, resolve, sep } from "node:path";
import { nearest } from "../../base/nearest.ts";
import type { Emitter } from "../../model/emit.ts";
import { system } from "../../system/system.ts";
import { lostReport } from "../../ui/lost.ts";
import { EMITTERS } from "../../../targets/registry.ts";
import { exitOf, paintOf, tellFaults } from "../project/checked.ts";
import { emitted } from "../emit/emitted.ts";
import { hereOf } from "../project/place.ts";
import { load, type Loaded } from "../project/project.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { list, loadRequest, word } from "./request.ts";

/** Formats that come later, with what they are. */
const COMING: Readonly<Record<string, string>> = {
  systemd: "a unit of systemd for each agent",
};

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const format = formatOf(context);
  const about = Object.hasOwn(COMING, format) ? COMING[format] : undefined;
  if (about !== undefined) {
    context.error(
      `error AAC9001: \`aac emit ${format}\` is not built yet\n  = it will do this: write ${about}\n`,
    );
    return 2;
  }
  const { emitter } = await loadEmitter(format);
  const { target } = emitter;
  const loaded = await load({
    ...loadRequest(context, true),
    named: list(options["file"]),
    target: target.name,
  });
  const out = fileOf(context, word(options["out"]));
  const root = system.files.realPath(loaded.root) ?? loaded.root;
  const namespace = word(options["namespace"]) ?? loaded.chosen.namespace;
  const { project, origin } = hereOf({
    system,
    root,
    project: word(options["project"]) ?? loaded.settings.project,
    target: target.name,
    needsName: target.shared,
    portRange: undefined,
    chosen: {},
  });
  const folder = out === undefined ? context.cwd : dirname(out);
  const made = emitted(loaded, emitter, {
    agents: agentsOf(context, loaded, emitter, format),
    project,
    origin,
    ...(namespace === undefined ? {} : { namespace }),
    root: slashes(relative(system.files.realPath(folder) ?? folder, root)),
  });
  if (!made.ok) {
    await tellFaults(context, made.error, loaded.texts);
    return exitOf(made.error);
  }
  const { text, lost, warnings } = made.value;
  await tellFaults(context, warnings, loaded.texts);
  context.error(lostReport(lost, paintOf(context)));
  if (lost.length > 0 && options["strict"] === true) {
    context.error("error: not all of it can be carried, and --strict asks for that: nothing was written\n");
    return 1;
  }
  if (out === undefined) context.out(text);
  else system.files.replace(out, text);
  return 0;
}

function formatOf({ args }: Context): string {
  const [format, more] = args;
  const known = Object.keys(EMITTERS).sort();
  if (format === undefined)
    throw new UsageError("`aac emit` needs a format", `one of ${known.join(", ")}, such as aac emit compose`);
  if (more !== undefined)
    throw new UsageError(`\`${more}\` is one word too many`, "name files with -f, and an output with -o");
  if (Object.hasOwn(EMITTERS, format) || Object.hasOwn(COMING, format)) return format;
  const near = nearest(format, [...known, ...Object.keys(COMING)]);
  throw new UsageError(
    `there is no format \`${format}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    `one of ${known.join(", ")}`,
  );
}

async function loadEmitter(format: string): Promise<{ readonly emitter: Emitter }> {
  const found = new Map(Object.entries(EMITTERS)).get(format);
  if (found === undefined) throw new Error(`${format} is no format`);
  return found();
}

/** Those of the files that were named, or one of them. */
function agentsOf(context: Context, loaded: Loaded, { holds }: Emitter, format: string): readonly string[] {
  const all = loaded.compiled.views
    .filter(({ doc }) => loaded.reported.includes(doc.file))
    .map(({ ir }) => ir.name)
    .sort();
  const only = list(context.options["targetAgent"]);
  for (const name of only)
    if (!all.includes(name))
      throw new UsageError(
        `\`--target-agent ${name}\` names no agent of these files`,
        `there ${all.length === 1 ? "is" : "are"} ${all.slice(0, 10).join(", ")}`,
      );
  const chosen = only.length === 0 ? all : all.filter((name) => only.includes(name));
  if (holds === "an agent" && chosen.length > 1)
    throw new UsageError(
      `a ${format} is of one agent, and there are ${chosen.length}: ${chosen.slice(0, 10).join(", ")}`,
      `name one: --target-agent ${chosen[0] ?? ""}, or its file with -f`,
    );
  return chosen;
}

function fileOf({ cwd }: Context, named: string | undefined): string | undefined {
  if (named === undefined) return undefined;
  const path = system.files.realPath(resolve(cwd, named)) ?? resolve(cwd, named);
  if (!["absent", "file"].includes(system.files.kind(path)))
    throw new UsageError(`\`-o ${named}\` names no file`, "name one, such as -o compose.yaml");
  return path;
}

const slashes = (path: string): string => (path === "" ? "." : path.split(sep).join("/"));
