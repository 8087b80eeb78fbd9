import { join, relative, sep } from "node:path";
import { joinPath, leadsOut } from "../../base/paths.ts";
import type { AgentView } from "../../compile/rule.ts";
import { mayUse, pathsOf } from "../../compile/rules/path-escape.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Files } from "../../model/system.ts";

/** A path may stay inside the project by its text and still lead out by a link. */
export function linksThatLeadOut(
  files: Files,
  root: string,
  views: readonly AgentView[],
  allowPaths: readonly string[],
): Diagnostic[] {
  let realRoot: string | undefined;
  const found: Diagnostic[] = [];
  for (const view of views) {
    for (const { path, text } of pathsOf(view)) {
      const joined = joinPath(view.doc.path, text);
      if (leadsOut(joined) || view.doc.path === "-") continue;
      const real = files.realPath(join(root, joined));
      if (real === undefined) continue;
      realRoot ??= files.realPath(root) ?? root;
      const from = relative(realRoot, real).split(sep).join("/");
      if (mayUse(from, allowPaths) || mayUse(real, allowPaths)) continue;
      found.push(
        diagnostic("AAC2006", view.doc.at(path), `\`${text}\` is a link that leads out of the project`, {
          notes: [`it leads to ${real}`, `if it is meant, list it in .aac.yaml: \`allowPaths: [${real}]\``],
        }),
      );
    }
  }
  return found;
}
