import { isBelow } from "../../../src/base/paths.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Secret } from "../../../src/base/secret.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { type Charge, HOME, type SecretOrigin } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place, StepContext } from "../../../src/model/target.ts";
import { chargeOf, isProcess, processFields } from "./charge.ts";
import type { CodeMap } from "../code/layout.ts";
import { inTree, type Mapping, workingInTree } from "../code/mapped.ts";
import { whereCodeIs } from "../code/where.ts";
import { configId } from "../desired.ts";
import { commandsFolder, environmentVariables, realProgram } from "../environments.ts";
import type { FormerSecrets } from "../live/former.ts";
import { surroundingsOf } from "./surroundings.ts";

export interface OrdersRequest {
  readonly resource: Resource;
  readonly isUpdate: boolean;
  readonly keyed: (text: string) => string | undefined;
  readonly former: FormerSecrets;
  /** By agent: the code that its folder holds now. */
  readonly today: ReadonlyMap<string, CodeMap>;
  /** Agents that somebody asked for: of any other nobody knows where its secrets would be. */
  readonly asked: ReadonlySet<string>;
}

export interface Orders {
  readonly charge: Charge;
  /** Of secret variables; they go to the supervisor's memory and nowhere else. */
  readonly values: Readonly<Record<string, string>>;
}

/** What the supervisor is asked to run for a resource: of the files of today, or of what was once. */
export async function ordersFor(
  system: System,
  place: Place,
  request: OrdersRequest,
  context: StepContext,
): Promise<Result<Orders, Failure>> {
  const { resource } = request;
  const { adopted } = resource.fields;
  if (adopted !== undefined)
    return err({
      message: `${String(adopted)} was somebody else's, and has ended: who started it can start it again, and nobody else`,
      lines: [],
      passing: false,
    });
  if (!isProcess(resource.fields))
    return err({
      message: "nobody wrote down how it was started, so it cannot be started like that again",
      lines: [],
      passing: false,
    });
  const fields = processFields(resource.fields);
  const secrets = secretsFor(system, request, context);
  if (!secrets.ok) return secrets;
  const where = await whereCodeIs(system, place, {
    resource,
    isUpdate: request.isUpdate,
    today: request.today.get(resource.agent),
    report: context.report,
  });
  if (!where.ok) return where;
  const { environmentKey } = resource.fields;
  const hasConfig = resource.after.includes(configId(resource.agent));
  const asked: Fields = {
    ...(resource.was?.asked ?? resource.fields),
    secrets: secrets.value.digests,
    // However it was found then: from now on it is written down, and meant to run.
    ...(resource.was === undefined ? {} : { running: true, recorded: true }),
  };
  const made = chargeOf(
    { ...resource, fields: { ...resource.fields, secrets: secrets.value.digests } },
    place,
    {
      program: realProgram(system, place, fields.program, environmentKey),
      surroundings: surroundingsOf(
        system.host.environment,
        fields.inheritEnv ?? [],
        commandsFolder(system, place, environmentKey),
      ),
      secrets: secrets.value.origins,
      more: {
        ...environmentVariables(system, place, environmentKey),
        ...(hasConfig ? { AAC_CONFIG: HOME.config(place.home, resource.agent) } : {}),
      },
    },
  );
  const charge: Charge = {
    ...made,
    asked,
    ...(where.value === undefined ? {} : movedTo(made, where.value)),
    ...(context.mark === undefined ? {} : { mark: context.mark }),
  };
  // Of a folder without code there is nothing in the tree, and it works there all the same.
  if (charge.tree !== undefined && isBelow(charge.cwd, charge.tree))
    system.files.makePrivateFolder(charge.cwd);
  return ok({ charge, values: secrets.value.values });
}

function movedTo({ command, cwd }: Charge, mapping: Mapping): Pick<Charge, "command" | "cwd" | "tree"> {
  const [program, ...args] = command;
  return {
    command: [inTree(program, mapping), ...args.map((one) => inTree(one, mapping))],
    cwd: workingInTree(cwd, mapping),
    tree: mapping.tree,
  };
}

interface Secrets {
  readonly values: Readonly<Record<string, string>>;
  readonly digests: Readonly<Record<string, string | null>>;
  readonly origins: Readonly<Record<string, SecretOrigin>>;
}

function secretsFor(
  system: System,
  { resource, keyed, former, asked }: OrdersRequest,
  context: StepContext,
): Result<Secrets, Failure> {
  const values: Record<string, string> = {};
  const digests: Record<string, string | null> = {};
  const origins: Record<string, SecretOrigin> = {};
  for (const [variable, wanted] of Object.entries(processFields(resource.fields).secrets)) {
    const before = resource.was === undefined ? undefined : former.get(resource.agent)?.get(variable);
    const digest = before === undefined ? undefined : keyed(before.value.reveal());
    const isAsked = asked.has(resource.agent);
    if (before !== undefined && (digest === wanted || !isAsked)) {
      values[variable] = before.value.reveal();
      digests[variable] = digest ?? null;
      origins[variable] = originOf(system, before.origin, before.value, variable);
      continue;
    }
    if (!isAsked && resource.was !== undefined)
      return err({
        message: `no file names the secret ${variable} any more, and nothing that lives has it`,
        lines: [],
        passing: false,
      });
    const found = context.secret(resource.agent, variable);
    if (!found.ok) return err({ message: found.error.message, lines: found.error.notes, passing: false });
    const { origin, value, compared } = found.value;
    origins[variable] =
      origin.from === "file" ? { from: "file", path: origin.path } : { from: "caller", name: origin.name };
    values[variable] = value.reveal();
    // Of the value that is handed over, not of the one that was there when the plan was made.
    digests[variable] = keyed((compared ?? value).reveal()) ?? null;
  }
  return ok({ values, digests, origins });
}

/** A file that says something else by now is not where this value comes from. */
function originOf({ files }: System, origin: SecretOrigin, value: Secret, variable: string): SecretOrigin {
  if (origin.from === "caller") return origin;
  const read = files.read(origin.path, 1024 * 1024);
  const now = read.is === "read" ? new TextDecoder().decode(read.bytes).replace(/\r?\n$/, "") : undefined;
  return now === value.reveal() ? origin : { from: "caller", name: variable };
}
