import { checkLevels } from "../../compile/levels.ts";
import { dropNothings } from "../../document/check.ts";
import { parse } from "../../document/parse.ts";
import { locate, settle } from "../../document/places.ts";
import { decode } from "../../document/text.ts";
import { project as valid } from "../../document/validators.gen.js";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Project } from "../../model/project.gen.ts";
import type { Files } from "../../model/system.ts";

export interface ProjectFile {
  readonly value: Project;
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
}

const LIMIT = 1024 * 1024;

/** `.aac.yaml`, checked; a wrong one is reported and counts as empty. */
export async function readProjectFile(files: Files, path: string, shown: string): Promise<ProjectFile> {
  const read = files.read(path, LIMIT);
  const at = { file: shown, start: 0, end: 0 };
  if (read.is !== "read") {
    return {
      value: {},
      text: "",
      diagnostics: [
        diagnostic("AAC1010", at, `${shown} cannot be read`, {
          notes: [read.is === "refused" ? read.why : "it is gone, or larger than 1 MiB"],
        }),
      ],
    };
  }
  const text = decode(shown, read.bytes);
  if (!text.ok) return { value: {}, text: "", diagnostics: [text.error] };
  if (text.value.split("\n").every((line) => /^\s*(?:#|$)/.test(line)))
    return { value: {}, text: text.value, diagnostics: [] };
  const parsed = parse(shown, text.value);
  const [document, second] = parsed.documents;
  if (document === undefined) return { value: {}, text: text.value, diagnostics: parsed.diagnostics };
  if (second !== undefined) {
    const at = { file: shown, start: second.root.start, end: second.root.start + 1 };
    const message = "there is one document in .aac.yaml, and this is a second";
    return {
      value: {},
      text: text.value,
      diagnostics: [diagnostic("AAC1018", at, message, { notes: ["put both into one"] })],
    };
  }
  dropNothings(document.root);
  const settled = settle(document.root);
  if (!valid(settled.value)) {
    const { explainErrors } = await import("../../document/validate.ts");
    return {
      value: {},
      text: text.value,
      diagnostics: explainErrors(shown, document.root, valid.errors ?? [], () => false, "project"),
    };
  }
  // The validator has just proven it.
  const value = settled.value as Project;
  const diagnostics = checkLevels(value.rules ?? {}, (rule) =>
    locate(shown, settled, ["rules", rule], "key"),
  );
  return { value, text: text.value, diagnostics };
}
