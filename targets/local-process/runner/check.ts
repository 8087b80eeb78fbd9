import type { Charge } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { isSignal } from "./signals.ts";

/** Why a charge can never be started as it is, in one sentence; undefined where nothing stands in the way. */
export function obstacleTo(
  system: System,
  charge: Charge,
  environment: Readonly<Record<string, string>>,
): string | undefined {
  const [program] = charge.command;
  const { files } = system;
  const kind = files.kind(program);
  if (!program.startsWith("/")) return `${program} is no absolute path`;
  if (kind === "absent") return `${program} is not there`;
  if (kind !== "file") return `${program} is no file, so it cannot be executed`;
  if (!mayExecute(system, program)) return `${program} may not be executed: chmod +x ${program}`;
  const folder = files.kind(charge.cwd);
  if (folder === "absent") return `the folder ${charge.cwd} is not there`;
  if (folder !== "folder") return `${charge.cwd} is no folder, so nothing can run in it`;
  if (charge.command.some((one) => one.includes("\0")))
    return "an argument of the command holds a zero byte, which no program can be given";
  const { stopSignal } = charge.supervision;
  if (!isSignal(stopSignal)) return `there is no signal ${stopSignal} on this machine`;
  return obstacleIn(environment);
}

function obstacleIn(environment: Readonly<Record<string, string>>): string | undefined {
  for (const name of Object.keys(environment).sort()) {
    // A shell hands on only what it could have named itself.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `a variable cannot be named ${JSON.stringify(name)}`;
    if (environment[name]?.includes("\0") === true)
      return `the value of ${name} holds a zero byte, which no program can be given`;
  }
  return undefined;
}

function mayExecute({ files, host }: System, program: string): boolean {
  const stat = files.stat(files.realPath(program) ?? program);
  if (stat === undefined) return false;
  if (host.uid === 0) return (stat.mode & 0o111) !== 0;
  // Which groups this user is in is not known here; the system itself has the last word.
  return (stat.mode & (stat.uid === host.uid ? 0o100 : 0o011)) !== 0;
}
