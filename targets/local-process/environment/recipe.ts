import type { Environment } from "./wanted.ts";

/** What is asked of an installer, found out before anything is written. */
export interface RecipeRequest {
  readonly environment: Environment;
  /** The runtime's program, absolute. */
  readonly program: string;
  /** The agent's folder, absolute. */
  readonly folder: string;
  /** PATH: where installers are looked for. */
  readonly path: string;
  readonly dev: boolean;
}

/** How an environment is made: what is written into its folder, and what is run after that, in order. */
export interface Recipe {
  /** By path from the environment's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
}

export interface Command {
  /** One line for people: `installing 4 packages with pip`. */
  readonly says: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What is to be installed beside what a file of the folder asks for. */
export function addedPackages({ packages, from }: Environment): readonly string[] {
  return from === "spec" ? packages : packages.filter((one) => one !== from);
}

export function countPackages(list: readonly string[]): string {
  return list.length === 1 ? "1 package" : `${list.length} packages`;
}
