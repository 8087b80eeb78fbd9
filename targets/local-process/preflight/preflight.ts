import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Change, Plan } from "../../../src/model/plan.ts";
import type { Observed, Resource } from "../../../src/model/resource.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place, Preflight } from "../../../src/model/target.ts";
import { holderWords } from "../../../src/wanted/port-holder.ts";
import { isPlanned } from "../environments.ts";
import { isBelow } from "../../../src/base/paths.ts";
import type { CodeMap } from "../code/layout.ts";
import { liesIn } from "../code/look.ts";
import { lackOf } from "../code/store.ts";
import { foldersOf } from "../code/where.ts";
import { cwdOf, type ProcessFields, processFields } from "../orders/charge.ts";
import { sizeFaults } from "./sizes.ts";
import { surroundingsOf } from "../orders/surroundings.ts";

/** What would fail at once, one line each. Reads only, and looks at nothing that stays as it is. */
export function preflight(plan: Plan, system: System, place: Place, context: Preflight): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const change of plan.changes) {
    if (!isStart(change)) continue;
    const fields = processFields(change.resource.fields);
    const before = change.is === "create" ? undefined : change.before;
    found.push(
      ...secretFaults(change.resource, fields, context),
      ...tooLarge(change.resource, fields, system, context),
      ...codeFaults(change.resource, fields, system, place),
      ...programFaults(change.resource, fields, system, place),
      ...folderFaults(change.resource, fields, system, place),
      ...portFaults(change.resource, fields, before, plan, system),
    );
  }
  return found;
}

/** A start of a new process; what is changed in place has all that it needs. */
function isStart(change: Change): change is Change & { readonly is: "create" | "replace" } {
  return (change.is === "create" || change.is === "replace") && change.resource.kind === "process";
}

function secretFaults(resource: Resource, fields: ProcessFields, context: Preflight): Diagnostic[] {
  return Object.keys(fields.secrets).flatMap((variable) => {
    const secret = context.secret(resource.agent, variable);
    return secret.ok ? [] : [secret.error];
  });
}

function tooLarge(
  { agent }: Resource,
  fields: ProcessFields,
  { host }: System,
  context: Preflight,
): Diagnostic[] {
  const secrets = Object.keys(fields.secrets).flatMap((name): [string, string][] => {
    const found = context.secret(agent, name);
    return found.ok ? [[name, found.value.value.reveal()]] : [];
  });
  return sizeFaults(agent, {
    command: fields.command,
    variables: {
      ...surroundingsOf(host.environment, fields.inheritEnv ?? [], undefined),
      ...fields.environment,
      ...Object.fromEntries(secrets),
    },
  });
}

/** What is wanted again runs from what was kept of it, where its folder holds something else by now. */
function codeFaults(
  { agent, was, source }: Resource,
  { code }: ProcessFields,
  system: System,
  place: Place,
): Diagnostic[] {
  if (was === undefined) return [];
  const lack = lackOf(system, place.home, code);
  const [named = "", folder = named] = foldersOf(system, place, source);
  if (lack === undefined || liesIn(system, folder, place.root, code)) return [];
  return [
    diagnostic("AAC4015", undefined, `${agent}: its code of then cannot be brought back: ${lack}`, {
      notes: ["check that commit out, and apply the files themselves"],
    }),
  ];
}

function programFaults(
  { agent, was, source }: Resource,
  fields: ProcessFields,
  system: System,
  place: Place,
): Diagnostic[] {
  const { program } = fields;
  const { files } = system;
  // What is not installed yet cannot be looked at, nor what is still to be laid out.
  if (isPlanned(program)) return [];
  if (was !== undefined && isCode(program, foldersOf(system, place, source), fields.code)) return [];
  const name = fields.command[0] ?? "";
  if (!program.startsWith("/"))
    return [
      diagnostic("AAC4003", undefined, `${agent}: there is no program \`${name}\` on the PATH`, {
        notes: [program === name ? "install it, or name it by its path in `command`" : program],
      }),
    ];
  const kind = files.kind(program);
  const mode = kind === "file" ? (files.stat(files.realPath(program) ?? program)?.mode ?? 0) : 0;
  if (kind === "file" && (mode & 0o111) !== 0) return [];
  const why =
    kind === "absent" ? "is not there" : kind === "file" ? "is not executable" : "is a folder, not a program";
  return [
    diagnostic("AAC4003", undefined, `${agent}: ${program} ${why}`, {
      notes: [kind === "file" ? `chmod +x ${program}` : "name another in `command`"],
    }),
  ];
}

const isCode = (path: string, folders: readonly string[], code: CodeMap): boolean =>
  folders.some((folder) => Object.keys(code).some((one) => `${folder}/${one}` === path));

function folderFaults(
  { agent, was, source }: Resource,
  fields: ProcessFields,
  system: System,
  place: Place,
): Diagnostic[] {
  const { files } = system;
  const cwd = cwdOf(fields.cwd, place.root);
  const kind = files.kind(cwd);
  if (kind === "folder") return [];
  // Where the folder of then is gone, it is made with the code that lay in it.
  if (was !== undefined && foldersOf(system, place, source).some((folder) => isBelow(cwd, folder))) return [];
  return [
    diagnostic(
      "AAC4004",
      undefined,
      `${agent}: the working directory ${cwd} ${kind === "absent" ? "is not there" : "is no folder"}`,
      { notes: ["make it, or change `workingDir`"] },
    ),
  ];
}

function portFaults(
  { agent }: Resource,
  fields: ProcessFields,
  before: Observed | undefined,
  plan: Plan,
  { net }: System,
): Diagnostic[] {
  const own = before === undefined ? [] : portsOf(before);
  return Object.entries(fields.ports).flatMap(([key, { port, address }]) => {
    // Its own former run holds it until it goes, and so does what this plan takes away or exchanges.
    if (
      own.includes(port) ||
      plan.changes.some(
        (one) => one.is !== "keep" && one.is !== "create" && portsOf(one.before).includes(port),
      )
    )
      return [];
    const protocol = key.endsWith("/udp") ? "udp" : "tcp";
    const holder = net.holder(port, address, protocol);
    if (holder.is === "free") return [];
    const by = holderWords(holder);
    const whom = by === undefined ? "" : ` by ${by}`;
    return [
      diagnostic("AAC4002", undefined, `${agent}: port ${port} is already in use${whom}`, {
        notes: ["end that program, or give the agent another port"],
      }),
    ];
  });
}

function portsOf(object: Observed): readonly number[] {
  const ports = object.fields["ports"];
  if (object.kind !== "process" || typeof ports !== "object" || ports === null) return [];
  return Object.values(ports as unknown as ProcessFields["ports"]).map(({ port }) => port);
}
