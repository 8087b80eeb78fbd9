import type { System } from "../../../src/model/system.ts";
import { CODE, type CodeMap, type Needed, nameOf } from "./layout.ts";

/** Takes away what neither a revision needs nor anything that lives uses. */
export function sweepCode(
  { files, digests }: System,
  home: string,
  needed: Needed,
  living: readonly { readonly code: CodeMap; readonly tree?: string }[],
): void {
  const objects = new Set([...needed.objects, ...living.flatMap(({ code }) => Object.values(code))]);
  const maps = new Set([...needed.maps, ...living.map(({ code }) => nameOf(code, digests.sha256))]);
  const trees = new Set(living.flatMap(({ tree }) => (tree === undefined ? [] : [tree])));
  for (const { name } of files.list(CODE.objects(home)))
    if (!objects.has(name)) files.remove(CODE.object(home, name));
  for (const { name } of files.list(CODE.maps(home)))
    if (!maps.has(name.replace(/\.json$/, ""))) files.remove(`${CODE.maps(home)}/${name}`);
  for (const { name } of files.list(CODE.trees(home))) {
    const tree = CODE.tree(home, name);
    if (!trees.has(tree)) files.remove(tree);
  }
}
