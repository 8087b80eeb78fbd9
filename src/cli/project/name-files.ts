import { dirname, resolve } from "node:path";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import { files } from "../../system/files.ts";
import { list } from "../commands/request.ts";
import { expand, findProjectFile, projectFiles } from "./find-files.ts";
import { shownAs } from "./project.ts";
import { readProjectFile } from "./project-file.ts";
import type { Context } from "../table.ts";

export interface NamedFiles {
  readonly files: readonly { readonly path: string; readonly shown: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What was named on the command line, else the project's files, else the agents of this folder. */
export async function namedOrProject(context: Context): Promise<NamedFiles> {
  const { cwd } = context;
  const named = [...list(context.options["file"]), ...context.args];
  const diagnostics: Diagnostic[] = [];
  const shown = (path: string): { path: string; shown: string } => ({
    path,
    shown: path === "-" ? "<stdin>" : shownAs(cwd, path),
  });
  if (named.length > 0) {
    const paths = named.flatMap((one) => {
      if (one === "-") return ["-"];
      const found = expand(files, cwd, one) ?? [];
      if (found.length === 0)
        diagnostics.push(
          diagnostic(
            "AAC1022",
            { file: shownAs(cwd, resolve(cwd, one)), start: 0, end: 0 },
            `no agent file at ${one}`,
            { notes: ["check the name"] },
          ),
        );
      return found;
    });
    return { files: [...new Set(paths)].map(shown), diagnostics };
  }
  const projectFile = findProjectFile(files, cwd);
  if (projectFile === undefined) {
    const here = (expand(files, cwd, ".") ?? []).filter((path) => dirname(path) === cwd);
    if (here.length === 0)
      diagnostics.push(
        diagnostic("AAC1022", undefined, "no agent file here", {
          notes: ["name it, or make one: aac init NAME"],
        }),
      );
    return { files: here.map(shown), diagnostics };
  }
  const read = await readProjectFile(files, projectFile, shownAs(cwd, projectFile));
  const found = projectFiles(files, dirname(projectFile), read.value.files);
  return { files: found.map(shown), diagnostics: read.diagnostics };
}
