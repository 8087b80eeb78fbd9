import { MOVES } from "../screen/keys.ts";
import type { Entry } from "../screen/palette.ts";
import { excludeFlags } from "./choice.ts";
import { type Action, tableOf } from "./keys.ts";
import type { Review } from "./state.ts";
import type { Node } from "./tree.ts";

/** Every action by name, and the command line that does the same without this screen. */
export function entriesFor(review: Review, node: Node | undefined): readonly Entry<Action>[] {
  const { offer, without } = review;
  const line = (words: readonly string[]): string => words.join(" ");
  const chosen = [offer.command, ...excludeFlags(without)];
  const planning = line(chosen).replace(/^aac (?:apply|destroy)/, (verb) =>
    verb === "aac destroy" ? "aac plan --destroy" : "aac plan",
  );
  const commands: Partial<Readonly<Record<Action, string>>> = {
    apply: line([...chosen, "--yes"]),
    write: `${planning} --out FILE`,
    ...(node === undefined
      ? {}
      : { exclude: line([...chosen, ...excludeFlags(new Set(node.key.split(" ")))]) }),
    ...(node?.written === undefined ? {} : { edit: `$EDITOR +${node.written.line} ${node.written.file}` }),
  };
  return tableOf(offer.doing)
    .bindings.filter(({ does }) => !MOVING.has(does) && does !== "palette" && does !== "back")
    .map(({ does, about }) => {
      const command = commands[does];
      return { does, about, ...(command === undefined ? {} : { command }) };
    });
}

/** Nobody goes through a list by typing words. */
const MOVING: ReadonlySet<Action> = new Set(MOVES.map(({ does }) => does));
