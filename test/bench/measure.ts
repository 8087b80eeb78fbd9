import { spawnSync } from "node:child_process";

export interface Command {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The best of some rounds for each command, in milliseconds. The commands take turns, so that what else runs
 * on the machine hits them alike; only ratios of one call mean anything.
 */
export function race(commands: readonly Command[], rounds: number): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (let round = 0; round <= rounds; round++) {
    for (const { name, argv, cwd, env } of commands) {
      const [program, ...args] = argv;
      const start = process.hrtime.bigint();
      const result = spawnSync(program, args, {
        cwd,
        env: env ?? process.env,
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 1 << 30,
      });
      const millis = Number(process.hrtime.bigint() - start) / 1e6;
      if (result.error !== undefined || result.status !== 0) {
        throw new Error(`${name} failed: ${result.error?.message ?? String(result.stderr).slice(0, 2000)}`);
      }
      // The first round only warms caches.
      if (round > 0) best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, millis));
    }
  }
  return best;
}

/** The most memory that a Node program held, in megabytes. */
export function peakMemory(argv: readonly [string, ...string[]], cwd?: string): number {
  const hook =
    "data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak='+process.resourceUsage().maxRSS+'\\n'))";
  const [program, ...args] = argv;
  const result = spawnSync(program, ["--import", hook, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 30,
  });
  const kilobytes = /peak=(\d+)/.exec(String(result.stderr))?.[1];
  if (kilobytes === undefined)
    throw new Error(`no memory figure from ${program}: ${String(result.stderr).slice(-500)}`);
  return Number(kilobytes) / 1024;
}

export const ratio = (map: ReadonlyMap<string, number>, one: string, other: string): number =>
  (map.get(one) ?? Number.NaN) / (map.get(other) ?? Number.NaN);
