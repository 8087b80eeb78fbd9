import type { Finding } from "../../model/doctor.ts";
import { positionAt } from "../../model/source.ts";
import { count } from "../../ui/reporters/human.ts";
import type { Loaded } from "../project/project.ts";

/** So many faults are told; `aac validate` tells all. */
const TOLD = 3;

/** Whose place it is: what the command line says, else what stands in the project's file. */
export interface Whose {
  readonly project: string;
  /** Nobody gave it a name: this one was made of the folder. */
  readonly isMadeUp: boolean;
  readonly target: string;
  /** Others reach the same objects from other machines. */
  readonly isShared: boolean;
}

/** Whether the files can be worked with. */
export function fileFindings(loaded: Loaded, whose: Whose): readonly Finding[] {
  return [projectFinding(loaded, whose), ...agentFindings(loaded, whose.target)];
}

function projectFinding({ root }: Loaded, { project, isMadeUp, isShared, target }: Whose): Finding {
  const about = "project";
  if (!isMadeUp) return { about, is: "ok", found: `${project}, in ${root}` };
  if (!isShared) return { about, is: "ok", found: `${project}, a name that is made of the folder ${root}` };
  return {
    about,
    is: "fail",
    found: `${root} has no name, and ${target} is reached from other machines too`,
    repair: "write `project: NAME` into .aac.yaml, or give --project NAME",
  };
}

function agentFindings({ diagnostics, reported, agents, texts }: Loaded, target: string): readonly Finding[] {
  const about = "files";
  const errors = diagnostics.filter(({ level }) => level === "error");
  if (errors.length === 0)
    return [
      {
        about,
        is: "ok",
        found: `${count(agents.length, "agent")} in ${count(reported.length, "file")}, fit for ${target}`,
      },
    ];
  // A folder without agents is where everybody begins.
  if (errors.every(({ code }) => code === "AAC1022"))
    return [
      { about, is: "warn", found: errors[0]?.message ?? "no agent file", repair: "aac init NAME makes one" },
    ];
  const told = errors.slice(0, TOLD).map(({ code, message, at }): Finding => {
    const place =
      at === undefined ? "" : ` (${at.file}:${positionAt(texts.get(at.file) ?? "", at.start).line})`;
    return { about, is: "fail", found: `${code} ${message}${place}`, repair: `aac explain ${code}` };
  });
  const rest = errors.length - told.length;
  if (rest === 0) return told;
  return [...told, { about, is: "fail", found: `${rest} more`, repair: `aac validate -t ${target}` }];
}
