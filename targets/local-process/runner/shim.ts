/**
 * The small shell beside each agent. It outlives the supervisor and writes down how the agent ended; builtins only,
 * and no pipe that could tie it to anybody. Its own folder of the run holds `identity`, `exit` and `failed`, each one
 * line; a reader believes only lines that end, so that a half-written one counts as none.
 */

/** How shells of ours are told from programs of the agent: their name in the argument list. */
export const SHIM = "aac-shim";
export const INIT = "aac-init";
const SHELL = "/bin/sh";

/**
 * Signals get a handler and not "ignore": the agent would inherit that. The agent runs in front, since shells ignore
 * SIGINT in what they start behind. Messages of the shell (`Terminated`) must not stand in the agent's log, so the
 * shell has no standard error of its own.
 */
const SHIM_SCRIPT = `umask 077
exec 3>&2 2>/dev/null
trap : TERM INT HUP
_aac_run=$1 _aac_start=$2
shift 2
(exec 2>&3 3>&-; exec ${SHELL} -c "$_aac_start" aac-start "$_aac_run" "$@")
echo "$?" > "$_aac_run/exit"`;

/**
 * Becomes the agent: what is set here holds for it and all of its children. The number after exec stays the same. A
 * variable of the agent stays one whatever is assigned to it, so ours have names that no agent has.
 */
const START_SCRIPT = `_aac_run=$1 _aac_files=$2 _aac_count=$3
shift 3
while [ "$_aac_count" -gt 0 ]; do
{ echo 0 > "$1"; } 2>/dev/null || { echo "the process could not be put into $1" > "$_aac_run/failed"; exit 126; }
shift
_aac_count=$((_aac_count - 1))
done
{ echo 500 > /proc/self/oom_score_adj; ulimit -c 0; } 2>/dev/null
[ -z "$_aac_files" ] || ulimit -n "$_aac_files" 2>/dev/null || { echo "no more than $(ulimit -H -n) open files can be allowed here" > "$_aac_run/failed"; exit 126; }
echo "$$" > "$_aac_run/identity"
exec "$@"`;

/** The first process of a process namespace: with its end, the kernel ends all others in it. */
const INIT_SCRIPT = `exec 3>&2 2>/dev/null
(exec 2>&3 3>&-; exec "$@")
exit "$?"`;

export interface ShimRequest {
  readonly folder: string;
  /** Each `cgroup.procs` that the agent is written into. */
  readonly enter: readonly string[];
  readonly files?: number;
  /** The agent with all that is wrapped around it. */
  readonly command: readonly string[];
}

export function shimCommand(request: ShimRequest): readonly [string, ...string[]] {
  const { folder, enter, files, command } = request;
  const limit = files === undefined ? "" : String(files);
  const start = [limit, String(enter.length), ...enter, ...command];
  return [SHELL, "-c", SHIM_SCRIPT, SHIM, folder, START_SCRIPT, ...start];
}

export function initCommand(command: readonly string[]): readonly string[] {
  return [SHELL, "-c", INIT_SCRIPT, INIT, ...command];
}

/** The one line of a file that the shim wrote; undefined while it is not whole. */
export function wholeLine(text: string | undefined): string | undefined {
  const end = text?.indexOf("\n") ?? -1;
  return text === undefined || end < 0 ? undefined : text.slice(0, end);
}

export function wholeNumber(text: string | undefined): number | undefined {
  const line = wholeLine(text);
  return line !== undefined && /^\d{1,10}$/.test(line) ? Number(line) : undefined;
}
