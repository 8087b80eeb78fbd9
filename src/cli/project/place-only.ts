import { dirname, resolve } from "node:path";
import { findProjectFile } from "./find-files.ts";
import { readProjectFile } from "./project-file.ts";
import { clusterOf, shownAs } from "./project.ts";
import { openPlace } from "../plans/prepare.ts";
import { tellFaults } from "./checked.ts";
import { list, word } from "../commands/request.ts";
import { system } from "../../system/system.ts";
import { nearest } from "../../base/nearest.ts";
import { isTarget, TARGETS } from "../../../targets/registry.ts";
import type { Place, Session, Target } from "../../model/target.ts";
import type { Context } from "../table.ts";
import { Said, UsageError } from "../usage.ts";

export interface Opened {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
}

/** For verbs that ask what is live: they need to know whose it is, and no agent file. */
export async function openOnly(context: Context): Promise<Opened | undefined> {
  const { files } = system;
  const [first] = list(context.options["file"]);
  const start =
    first === undefined || first === "-" ? context.cwd : resolve(context.cwd, first.replace(/[*?].*$/, ""));
  const folder = files.kind(start) === "folder" ? start : dirname(start);
  const path = findProjectFile(files, folder);
  const read =
    path === undefined ? undefined : await readProjectFile(files, path, shownAs(context.cwd, path));
  const faults = (read?.diagnostics ?? []).filter((one) => one.level === "error");
  if (faults.length > 0 && path !== undefined) {
    await tellFaults(context, faults, new Map([[shownAs(context.cwd, path), read?.text ?? ""]]));
    return undefined;
  }
  const settings = read?.value ?? {};
  const env = word(context.options["env"]);
  const chosen = env === undefined ? undefined : settings.environments?.[env];
  if (env !== undefined && chosen === undefined)
    throw new UsageError(`there is no environment \`${env}\` in .aac.yaml`);
  const target =
    word(context.options["target"]) ??
    context.environment["AAC_TARGET"] ??
    chosen?.target ??
    settings.target ??
    "local-process";
  if (!isTarget(target)) {
    const near = nearest(target, TARGETS);
    throw new UsageError(
      `there is no target \`${target}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      `one of ${TARGETS.join(", ")}`,
    );
  }
  const opened = await openPlace(
    context,
    { root: path === undefined ? folder : dirname(path), settings, target, chosen: clusterOf(chosen) },
    false,
  );
  if (opened.ok) return opened.value;
  await tellFaults(context, [opened.error]);
  throw new Said(1);
}

/** The agents that were named, or all that live; a name that does not live is told. */
export async function agentsOf(
  context: Context,
  { session }: Opened,
): Promise<readonly string[] | undefined> {
  const status = await session.operates.status();
  if (!status.ok) {
    await tellFaults(context, [status.error]);
    return undefined;
  }
  const live = [...new Set(status.value.agents.map(({ agent }) => agent))].sort();
  for (const name of context.args) {
    if (live.includes(name)) continue;
    const near = nearest(name, live);
    throw new UsageError(
      `no agent \`${name}\` lives here${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      live.length === 0
        ? "nothing is applied yet: aac apply"
        : `there ${live.length === 1 ? "is" : "are"} ${live.slice(0, 10).join(", ")}`,
    );
  }
  return context.args.length > 0 ? [...new Set(context.args)] : live;
}
