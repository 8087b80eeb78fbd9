import { isAbsolute, isBelow, joinPath, leadsOut } from "../../base/paths.ts";
import type { Path } from "../../model/source.ts";
import { dangerOf } from "./dangerous-mount.ts";
import type { AgentView, Rule } from "../rule.ts";

/** Every path that a file names, with the place where it does. Globs and commands are not paths. */
export function pathsOf({ ir, doc }: AgentView): { readonly path: Path; readonly text: string }[] {
  const { spec } = doc.value;
  const found: { path: Path; text: string }[] = [];
  const dockerfile = spec.build?.dockerfile;
  // It is found from the context.
  if (dockerfile !== undefined) {
    const context = spec.build?.context ?? ".";
    found.push({
      path: ["spec", "build", "dockerfile"],
      text: isAbsolute(dockerfile) ? dockerfile : `${context}/${dockerfile}`,
    });
  }
  const add = (text: string | undefined, ...path: Path): void => {
    if (text !== undefined && !doc.held.has(`/${path.join("/")}`)) found.push({ path, text });
  };
  add(spec.build?.context, "spec", "build", "context");
  (spec.envFile ?? []).forEach((file, i) => add(file, "spec", "envFile", i));
  (spec.environment ?? []).forEach((entry, i) => {
    if ("from" in entry && entry.from === "file") add(entry.path, "spec", "environment", i, "path");
  });
  (spec.secrets ?? []).forEach((entry, i) => {
    if ("from" in entry && entry.from === "file") add(entry.path, "spec", "secrets", i, "path");
  });
  (spec.volumes ?? []).forEach((volume, i) => {
    // A dangerous mount has a rule, and a word, of its own.
    const dangerous = volume.source !== undefined && dangerOf(volume.source) !== undefined;
    if (ir.volumes[volume.target]?.type === "bind" && !dangerous)
      add(volume.source, "spec", "volumes", i, "source");
  });
  const seccomp = spec.security?.seccomp;
  if (seccomp !== "default" && seccomp !== "unconfined") add(seccomp, "spec", "security", "seccomp");
  const destination = spec.logging?.destination;
  if (destination !== undefined && /[/\\]/.test(destination) && !destination.includes("://"))
    add(destination, "spec", "logging", "destination");
  return found;
}

/** Whether a path, seen from the project's root, may be used. */
export function mayUse(path: string, allowPaths: readonly string[]): boolean {
  if (!leadsOut(path)) return true;
  return allowPaths.some(
    (allowed) => isAbsolute(allowed) === isAbsolute(path) && isBelow(path, joinPath("", allowed)),
  );
}

/** A file says what happens inside its project; reaching further is for the project itself to allow. */
export const pathEscape: Rule = {
  agent(view, report, { allowPaths }) {
    for (const { path, text } of pathsOf(view)) {
      const joined = joinPath(view.doc.path, text);
      if (mayUse(joined, allowPaths)) continue;
      report("AAC2006", view.doc.at(path), `\`${text}\` leads out of the project`, {
        notes: [
          isAbsolute(text)
            ? "paths are relative to the file they stand in"
            : "too many `..`: paths are relative to the file they stand in",
          `if it is meant, list it in .aac.yaml: \`allowPaths: [${isAbsolute(text) ? text : joined}]\``,
        ],
      });
    }
  },
};
