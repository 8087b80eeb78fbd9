import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { Lost } from "../../../src/model/emit.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { ownDockerfile } from "../image/build.ts";
import { json } from "../image/quoted.ts";
import type { BuiltImageFields } from "../shapes.ts";

/** How another tool builds an image that aac would build: by a text of ours, or by a file of the author's. */
export type Recipe = (
  | { readonly is: "ours"; readonly text: string }
  /** From the context. */
  | { readonly is: "own"; readonly path: string }
) & { readonly lost: readonly Lost[] };

/** More lines than that an image can hardly have; more names than that nobody would read. */
const MOST_FOLDERS = 40;
const MOST_FILES = 400;
const ALL = /^(COPY (?:--chown=\S+ )?)\. \.$/;

/**
 * An engine that is asked by aac gets an agent's code and nothing else. Another tool sends the whole folder, with
 * secrets that lie in it: so the recipe itself names what is taken.
 */
export function recipeOf(agent: AgentIr, facts: AgentFacts, image: BuiltImageFields): Recipe {
  const own = ownDockerfile(agent, facts);
  const whole = (field: string): Lost => ({
    agent: agent.name,
    field,
    is: "approximated",
    how: "the whole folder is sent, .env and .aac too: a .dockerignore keeps them out",
  });
  if (own !== undefined) return { is: "own", path: own, lost: [whole("build")] };
  const paths = Object.keys(image.code).sort(byCodeUnit);
  const folders = Map.groupBy(paths, folderOf);
  // Nobody knows what is in a folder that is not the agent's.
  if (paths.length === 0) return { is: "ours", text: image.dockerfile, lost: [whole("code")] };
  if (paths.length <= MOST_FILES && folders.size <= MOST_FOLDERS) {
    const lines = [...folders].map(([folder, files]) => words(files, folder === "" ? "./" : `./${folder}/`));
    return { is: "ours", text: narrowed(image.dockerfile, lines), lost: [] };
  }
  const tops = [...new Set(paths.map((path) => path.split("/")[0] ?? path))];
  const files = tops.filter((top) => paths.includes(top));
  const rest = tops.filter((top) => !paths.includes(top));
  const lines = [
    ...(files.length === 0 ? [] : [words(files, "./")]),
    ...rest.map((top) => words([top], `./${top}/`)),
  ];
  const how = "folders go in whole, with what ignore files leave out of them";
  const lost: Lost = { agent: agent.name, field: "code", is: "approximated", how };
  return { is: "ours", text: narrowed(image.dockerfile, lines), lost: rest.length === 0 ? [] : [lost] };
}

function narrowed(dockerfile: string, lines: readonly string[]): string {
  return dockerfile
    .split("\n")
    .flatMap((line) => {
      const begin = ALL.exec(line)?.[1];
      return begin === undefined ? [line] : lines.map((one) => `${begin}${one}`);
    })
    .join("\n");
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Names with spaces in them stand in a list; a pattern is taken for itself. */
function words(names: readonly string[], to: string): string {
  const all = [...names.map((name) => name.replaceAll(/[[*?]/g, "[$&]").replaceAll("$", "\\$")), to];
  return all.every((one) => /^[\w./@+=,-]+$/.test(one)) ? all.join(" ") : json(all);
}
