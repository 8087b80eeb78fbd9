import { canonicalJson } from "../../../src/base/canonical.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import { processFields } from "../orders/charge.ts";
import { installed } from "../environment/installed.ts";
import { linkModules } from "../environment/link.ts";
import { readSlots } from "../live/records.ts";
import type { CodeMap } from "./layout.ts";
import { liesIn } from "./look.ts";
import type { Mapping } from "./mapped.ts";
import { keepCode } from "./store.ts";
import { layOut } from "./tree.ts";

export interface WhereRequest {
  readonly resource: Resource;
  /** It lives, and takes its orders as it runs. */
  readonly isUpdate: boolean;
  /** What lies in the agent's folder, as it was read for the plan; undefined where nobody read it. */
  readonly today: CodeMap | undefined;
  readonly report: (text: string) => void;
}

/**
 * From where an agent runs its code: its own folder, or what was kept of one that is wanted again. Absent: its folder.
 * What runs from the folder is put aside before, so that it can be had again.
 */
export async function whereCodeIs(
  system: System,
  place: Place,
  request: WhereRequest,
): Promise<Result<Mapping | undefined, Failure>> {
  const { resource, isUpdate, today, report } = request;
  const { code } = processFields(resource.fields);
  const { records } = readSlots(system.files, place.home);
  const folders = foldersOf(system, place, resource.source);
  const [named = "", folder = named] = folders;
  if (isUpdate) {
    const before = records.find(({ charge }) => charge.agent === resource.agent)?.charge;
    const isSame = before !== undefined && same(processFields(before.asked).code, code);
    return ok(isSame && before.tree !== undefined ? { folders, tree: before.tree, code } : undefined);
  }
  const { environmentKey } = resource.fields;
  const lies =
    resource.was === undefined ||
    ((today === undefined || same(today, code)) && liesIn(system, folder, place.root, code));
  if (lies) {
    const inUse = new Set(records.flatMap(({ charge }) => Object.values(processFields(charge.asked).code)));
    for (const note of keepCode(system, { home: place.home, folder, root: place.root, code, inUse }))
      report(note);
    const linked = resource.was === undefined ? ok(undefined) : await link(folder);
    return linked.ok ? ok(undefined) : linked;
  }
  const tree = await layOut(system, { home: place.home, folder, root: place.root, code });
  if (!tree.ok) return tree;
  const linked = await link(tree.value);
  if (!linked.ok) return linked;
  report(`runs the code of then from ${tree.value}`);
  return ok({ folders, tree: tree.value, code });

  /** The packages of then: the folder may lead to others by now. */
  async function link(into: string): Promise<Result<string | undefined, Failure>> {
    const one =
      typeof environmentKey === "string" ? installed(system, place.cache, environmentKey) : undefined;
    return one === undefined ? ok(undefined) : linkModules(system, one, { folder: into, cache: place.cache });
  }
}

/** The folder of an agent's file as it is named, and where its links lead. */
export function foldersOf({ files }: System, { root }: Place, source: string): readonly string[] {
  const named = source.includes("/") ? `${root}/${source.slice(0, source.lastIndexOf("/"))}` : root;
  const real = files.realPath(named) ?? named;
  return [...new Set([named, real])];
}

const same = (a: CodeMap, b: CodeMap): boolean => canonicalJson(a) === canonicalJson(b);
