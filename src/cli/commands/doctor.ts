import { nearest } from "../../base/nearest.ts";
import { gatherFacts } from "../../facts/facts.ts";
import type { Check, Finding, Question } from "../../model/doctor.ts";
import { asFinding } from "../../model/doctor.ts";
import type { AgentStatus } from "../../model/operates.ts";
import type { Here, Target } from "../../model/target.ts";
import { system } from "../../system/system.ts";
import { doctorJson } from "../../ui/doctor/json.ts";
import { type DoctorReport, type Section, tallyOf } from "../../ui/doctor/report.ts";
import { doctorText } from "../../ui/doctor/text.ts";
import { BUILT, type TargetName, TARGETS } from "../../../targets/registry.ts";
import { paintOf } from "../project/checked.ts";
import { secretFindings, stateFindings } from "../doctor/agent.ts";
import { looked } from "../doctor/checks.ts";
import { fileFindings, type Whose } from "../doctor/files.ts";
import { folderChecks } from "../doctor/folders.ts";
import { machineChecks } from "../doctor/machine.ts";
import { hereOf } from "../project/place.ts";
import { openPlace, outsideOf } from "../plans/prepare.ts";
import { load, type Loaded } from "../project/project.ts";
import { redactorOf, redactStatus } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { loadRequest, word } from "./request.ts";

/** Looks at everything at the same time, and says it in one order. */
export async function run(context: Context): Promise<number> {
  const [agent, more] = context.args;
  if (more !== undefined) throw new UsageError("name one agent, or none", "aac doctor chatbot");
  // A word is the name of an agent here, and not of a file.
  const loaded = await load({ ...loadRequest({ ...context, args: [] }, true), fallback: "local-process" });
  const name = loaded.target ?? "local-process";
  const target = await targetOf(name);
  const here = placeOf(context, loaded, name);
  const whose = whoseOf(context, loaded, target, here);
  const at: At = { context, loaded, target, here, whose };
  const sections = agent === undefined ? await ofMachine(at) : await ofAgent(at, agent);
  const report: DoctorReport = {
    project: here.project,
    target: name,
    ...(agent === undefined ? {} : { agent }),
    sections,
  };
  context.out(
    word(context.options["output"]) === "json"
      ? doctorJson(report)
      : doctorText(report, { paint: paintOf(context), width: context.screen.width }),
  );
  return tallyOf(report).fail > 0 ? 1 : 0;
}

async function targetOf(name: TargetName): Promise<Target> {
  const open = BUILT[name];
  if (open === undefined) throw new UsageError(`the target ${name} is not built yet`);
  return (await open()).target;
}

/** A project without a name is looked at all the same: that it needs one is a finding. */
function placeOf(context: Context, { root, settings, chosen }: Loaded, target: string): Here {
  const named = ["context", "namespace", "kubeconfig"].flatMap((flag) => {
    const value = word(context.options[flag]);
    return value === undefined ? [] : [[flag, value] as const];
  });
  return hereOf({
    system,
    root: system.files.realPath(root) ?? root,
    project: word(context.options["project"]) ?? settings.project,
    target,
    needsName: false,
    portRange: undefined,
    chosen: { ...chosen, ...Object.fromEntries(named) },
  });
}

interface At {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly target: Target;
  readonly here: Here;
  readonly whose: Whose;
}

async function ofMachine({ context, loaded, target, here, whose }: At): Promise<readonly Section[]> {
  const { ir } = loaded.compiled;
  const { facts } = gathered(loaded, target);
  const others = TARGETS.filter((name) => name !== target.name);
  const [machine, folders, own, ...rest] = await Promise.all([
    looked(system.clock, machineChecks(system, context, loaded.root)),
    looked(system.clock, folderChecks(system, here)),
    asked(target, here, { is: "place", ir, facts }),
    ...others.map(async (name) =>
      asked(await targetOf(name), placeOf(context, loaded, name), { is: "presence" }),
    ),
  ]);
  return [
    { title: "this machine", findings: machine },
    { title: "the project", findings: fileFindings(loaded, whose) },
    { title: "its folders", findings: folders },
    { title: target.name, findings: own },
    // Nobody asked for them: that one does not answer stands in nobody's way.
    {
      title: "other targets",
      findings: rest.flatMap((findings, i) =>
        findings.map((one): Finding => ({ ...one, about: others[i] ?? one.about, is: "unneeded" })),
      ),
    },
  ];
}

function whoseOf(context: Context, { settings }: Loaded, { name, shared }: Target, { project }: Here): Whose {
  const isMadeUp = (word(context.options["project"]) ?? settings.project) === undefined;
  return { project, isMadeUp, target: name, isShared: shared };
}

async function asked(target: Target, here: Here, question: Question): Promise<readonly Finding[]> {
  const checks: readonly Check[] = (await target.doctor?.(system, here, question)) ?? [];
  return looked(system.clock, checks);
}

/** As a plan does it; of secrets only where they are. */
function gathered(loaded: Loaded, { values }: Target): ReturnType<typeof gatherFacts> {
  return gatherFacts({
    ...outsideOf(loaded.root, loaded.lookup),
    ir: loaded.compiled.ir,
    hash: system.digests.sha256,
    keyed: () => undefined,
    values,
  });
}

async function ofAgent(at: At, name: string): Promise<readonly Section[]> {
  const { loaded, target, here, whose } = at;
  const { ir } = loaded.compiled;
  const live = await liveOf(at);
  const replicas = live.is === "known" ? live.replicas : [];
  const own = replicas.filter(({ agent }) => agent === name);
  const agent = ir.agents[name];
  if (agent === undefined && own.length === 0)
    throw unknownAgent(name, [...Object.keys(ir.agents), ...replicas.map((one) => one.agent)]);
  const compiled = {
    ...loaded.compiled,
    ir: { ...ir, agents: agent === undefined ? {} : { [name]: agent } },
  };
  const { facts: all, diagnostics } = gathered({ ...loaded, compiled }, target);
  const facts = all[name];
  const question: Question | undefined =
    agent === undefined || facts === undefined ? undefined : { is: "agent", ir, agent, facts, live: own };
  return [
    { title: "the project", findings: fileFindings(loaded, whose) },
    {
      title: `${name} as it lives`,
      findings: live.is === "known" ? stateFindings(name, own) : [live.why],
    },
    {
      title: `${name} as it is written`,
      findings:
        facts === undefined
          ? [{ about: "files", is: "warn", found: "it lives, and is in none of these files" }]
          : secretFindings(facts, diagnostics),
    },
    {
      title: `what it needs of ${target.name}`,
      findings: question === undefined ? [] : await asked(target, here, question),
    },
  ];
}

function unknownAgent(name: string, names: readonly string[]): UsageError {
  const known = [...new Set(names)].sort();
  const near = nearest(name, known);
  return new UsageError(
    `no agent \`${name}\` is in these files, and none lives here${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    known.length === 0
      ? "aac validate says what is in the files"
      : `there ${known.length === 1 ? "is" : "are"} ${known.slice(0, 10).join(", ")}`,
  );
}

type Live =
  | { readonly is: "known"; readonly replicas: readonly AgentStatus[] }
  | { readonly is: "unknown"; readonly why: Finding };

/** What lives, without what agents were given in confidence. */
async function liveOf({ context, loaded, whose }: At): Promise<Live> {
  const about = "state";
  if (whose.isMadeUp && whose.isShared)
    return {
      is: "unknown",
      why: { about, is: "warn", found: "nobody can tell what lives of a project without a name" },
    };
  const replicas: AgentStatus[] = [];
  const [fault] = await looked(system.clock, [
    {
      about,
      async look() {
        const opened = await openPlace(context, loaded, false);
        if (!opened.ok) return [asFinding(about, opened.error)];
        const { session } = opened.value;
        const status = await session.operates.status();
        const redact = redactorOf(session);
        session.close();
        if (!status.ok) return [asFinding(about, status.error)];
        replicas.push(...status.value.agents.map((one) => redactStatus(one, redact)));
        return [];
      },
    },
  ]);
  return fault === undefined ? { is: "known", replicas } : { is: "unknown", why: fault };
}
