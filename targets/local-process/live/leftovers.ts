import { HOME } from "../../../src/model/supervision.ts";
import type { Files } from "../../../src/model/system.ts";
import { CODE } from "../code/layout.ts";

/** What stays after everything was taken down, and how large it is. */
export function leftoversOf(files: Files, home: string): readonly string[] {
  const stays = (what: string, folder: string): readonly string[] => {
    const bytes = sizeBelow(files, folder);
    return bytes === 0 ? [] : [`${what}: ${folder}, ${Math.ceil(bytes / 1024)} KiB`];
  };
  return [
    ...stays("logs stay", HOME.logs(home)),
    ...stays("code that can be gone back to stays", CODE.all(home)),
  ];
}

function sizeBelow(files: Files, folder: string): number {
  return files.list(folder).reduce((sum, { name, is }) => {
    const path = `${folder}/${name}`;
    return sum + (is === "folder" ? sizeBelow(files, path) : (files.stat(path)?.size ?? 0));
  }, 0);
}
