import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import type { Change, Plan } from "../../src/model/plan.ts";
import type { Observed, Resource } from "../../src/model/resource.ts";
import type { System } from "../../src/model/system.ts";
import type { Place, Preflight } from "../../src/model/target.ts";
import { holderWords } from "../../src/wanted/port-holder.ts";
import { isPlanned } from "./environments.ts";
import { cwdOf, type ProcessFields, processFields } from "./charge.ts";
import { sizeFaults } from "./sizes.ts";
import { surroundingsOf } from "./surroundings.ts";

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
      ...programFaults(change.resource, fields, system),
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

function programFaults({ agent }: Resource, fields: ProcessFields, { files }: System): Diagnostic[] {
  const { program } = fields;
  // What is not installed yet cannot be looked at.
  if (isPlanned(program)) return [];
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

function folderFaults(
  { agent }: Resource,
  fields: ProcessFields,
  { files }: System,
  place: Place,
): Diagnostic[] {
  const cwd = cwdOf(fields.cwd, place.root);
  const kind = files.kind(cwd);
  if (kind === "folder") return [];
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
