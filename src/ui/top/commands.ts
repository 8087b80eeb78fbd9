import type { Entry } from "../screen/palette.ts";
import { flat } from "../visible.ts";
import { agentKeys, type AgentAction, type LogAction, logKeys } from "./keys.ts";
import type { Row } from "./rows.ts";
import type { TopState } from "./state.ts";

export type Command =
  | { readonly table: "agents"; readonly does: AgentAction }
  | { readonly table: "logs"; readonly does: LogAction };

/** What the palette lists: all but moves and itself, each with the command line that does the same. */
export function entriesOf(state: TopState, row: Row | undefined): readonly Entry[] {
  const { readOnly } = state.scene;
  const left = new Set(["up", "down", "page up", "page down", "first", "last", "palette", "back"]);
  const entry = (table: "agents" | "logs", does: string, about: string): Entry => {
    const command = table === "logs" ? undefined : commandFor(does, state, row);
    return { does: `${table}:${does}`, about, ...(command === undefined ? {} : { command }) };
  };
  const first = agentKeys(readOnly)
    .bindings.filter(({ does }) => !left.has(does) && (row !== undefined || !ABOUT_ONE.has(does)))
    .map(({ does, about }) => entry("agents", does, about));
  const further = logKeys()
    .bindings.filter(({ does }) => !left.has(does) && !["help", "leave", "to agents"].includes(does))
    .map(({ does, about }) => entry("logs", does, `logs: ${about}`));
  return [...first, ...further];
}

const ABOUT_ONE: ReadonlySet<string> = new Set([
  "details",
  "restart",
  "stop",
  "start",
  "pause",
  "exec",
  "drift",
]);

/** The palette hands back what it was given. */
export function commandOf(text: string): { readonly table: string; readonly does: string } {
  const at = text.indexOf(":");
  return { table: text.slice(0, at), does: text.slice(at + 1) };
}

function commandFor(does: string, { scene, logs }: TopState, row: Row | undefined): string | undefined {
  const line = (text: string): string => [`aac ${text}`, scene.options].filter((one) => one !== "").join(" ");
  const agent = row === undefined ? "" : flat(row.agent);
  switch (does) {
    case "restart":
    case "stop":
    case "start":
      return line(`${does} ${agent}`);
    case "pause":
      return line(`${row?.status.state === "paused" ? "resume" : "pause"} ${agent}`);
    case "details":
      return line(`inspect ${agent}`);
    case "exec":
      // `-t` is a terminal there, so the target is named in full.
      return `aac exec ${[scene.options.replace(/(^| )-t /, "$1--target "), agent].filter((one) => one !== "").join(" ")}`;
    case "drift":
      return line(`plan --target-agent ${agent}`);
    case "needs":
      return line("graph --status");
    case "to logs":
      return line(`logs -f${logs.only && agent !== "" ? ` ${agent}` : ""}`);
    default:
      return undefined;
  }
}
