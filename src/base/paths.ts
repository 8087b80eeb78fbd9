/** Paths with forward slashes, joined by their text alone: what a link leads to is found out elsewhere. */

/** `path` as written in `file`, from where `file` is counted; `..` that leads out stays at the front. */
export function joinPath(file: string, path: string): string {
  if (isAbsolute(path)) return normalise(path);
  const folder = file.split("/").slice(0, -1).join("/");
  return normalise(folder === "" ? path : `${folder}/${path}`);
}

export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || path.startsWith("~") || /^[A-Za-z]:[\\/]/.test(path);
}

export function leadsOut(path: string): boolean {
  return isAbsolute(path) || path === ".." || path.startsWith("../");
}

export function normalise(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const step of path.replaceAll("\\", "/").split("/")) {
    if (step === "" || step === ".") continue;
    if (step === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (step !== ".." || !rooted) kept.push(step);
  }
  return (rooted ? "/" : "") + (kept.length === 0 && !rooted ? "." : kept.join("/"));
}

/** Whether `path` is `root` or lies below it. */
export function isBelow(path: string, root: string): boolean {
  const base = normalise(root);
  if (path === base) return true;
  return base === "." ? !leadsOut(path) : path.startsWith(base === "/" ? "/" : `${base}/`);
}
