/** Which kind of file system holds a path, by the kernel's own table (`/proc/self/mountinfo`). */
export function fileSystemOf(table: string, path: string): string | undefined {
  let found: { readonly at: string; readonly type: string } | undefined;
  for (const line of table.split("\n")) {
    // id, parent, device, root, where it is mounted, options, any number of tags, a dash, type, source, options
    const [before, after] = line.split(" - ");
    const at = plain(before?.split(" ")[4] ?? "");
    const type = after?.split(" ")[0] ?? "";
    if (at === "" || type === "") continue;
    const holds = path === at || path.startsWith(at.endsWith("/") ? at : `${at}/`);
    // A later mount on the same place lies over the former.
    if (holds && at.length >= (found?.at.length ?? 0)) found = { at, type };
  }
  return found?.type;
}

/** Spaces, tabs, line ends and backslashes stand there as octal numbers. */
const plain = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
