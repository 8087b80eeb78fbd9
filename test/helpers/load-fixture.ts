import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { isAgentFile, PROJECT_FILE } from "../../src/cli/project/find-files.ts";
import { load, type Loaded } from "../../src/cli/project/project.ts";
import { files } from "../../src/system/files.ts";
import { plainPaint } from "../../src/ui/paint.ts";
import { human } from "../../src/ui/reporters/human.ts";

export const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** Has expectations of another kind, in a test of its own. */
const ELSEWHERE = new Set(["bad"]);

/** Every case, as its path below fixtures/: the outermost folders that hold an agent file or a project file. */
export function cases(folder = FIXTURES): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isDirectory() && !(folder === FIXTURES && ELSEWHERE.has(one.name)))
    .map((one) => join(folder, one.name))
    .flatMap((path) => (isCase(path) ? [relative(FIXTURES, path).split(sep).join("/")] : cases(path)))
    .sort();
}

function isCase(folder: string): boolean {
  return readdirSync(folder).some((name) => name === PROJECT_FILE || isAgentFile(name));
}

export interface Outcome {
  readonly loaded: Loaded;
  /** What `aac validate` prints. */
  readonly diagnostics: string;
  /** Absent where there is an error. */
  readonly ir?: string;
}

/** A case as somebody would check it who stands in its folder and has no variables of their own. */
export async function run(name: string): Promise<Outcome> {
  const cwd = join(FIXTURES, name);
  const named = existsSync(join(cwd, PROJECT_FILE)) ? [] : ["."];
  const loaded = await load({ cwd, files, environment: {}, named, whole: true });
  const report = {
    diagnostics: loaded.diagnostics,
    texts: loaded.texts,
    files: loaded.reported,
    agents: loaded.agents.length,
    millis: 0,
    version: "0.0.0",
  };
  const diagnostics = human(report, { paint: plainPaint, width: 100 });
  const faulty = loaded.diagnostics.some((one) => one.level === "error");
  if (faulty) return { loaded, diagnostics };
  return { loaded, diagnostics, ir: `${canonicalJson(loaded.compiled.ir as unknown as Json, 2)}\n` };
}

/** Texts that no output may hold, one a line in the case's `secrets.txt`. */
export function canaries(name: string): string[] {
  const path = join(FIXTURES, name, "secrets.txt");
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}
