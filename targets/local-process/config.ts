import { canonicalJson } from "../../src/base/canonical.ts";
import type { Change } from "../../src/model/plan.ts";
import type { Fields } from "../../src/model/resource.ts";
import { HOME } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type { Place } from "../../src/model/target.ts";
import { askedConfig } from "./live/observe.ts";

/** Writes the configuration of an agent, or takes it away; true where whoever runs with it has to be told. */
export function putConfig(
  { files }: System,
  place: Place,
  change: Exclude<Change, { readonly is: "keep" }>,
): boolean {
  if (change.is === "delete") {
    const { agent } = change.before;
    files.remove(HOME.config(place.home, agent));
    files.remove(askedConfig(place.home, agent));
    const folder = `${HOME.agents(place.home)}/${agent}`;
    if (files.list(folder).length === 0) files.remove(folder);
    return false;
  }
  const { agent, fields, was } = change.resource;
  files.makePrivateFolder(HOME.slot(place.home, agent, 0));
  const path = HOME.config(place.home, agent);
  const textOf = (one: Fields): string => `${canonicalJson(one["config"] ?? null, 2)}\n`;
  files.remove(path);
  files.replace(askedConfig(place.home, agent), textOf(was?.asked ?? fields), 0o600);
  files.replace(path, textOf(fields), 0o400);
  return change.is === "update";
}
