import type { Json } from "../base/canonical.ts";

/** What the check that decides asks: `GET /health on 8080`. */
export function conditionWords(probe: Json | undefined): string {
  if (typeof probe !== "object" || probe === null || Array.isArray(probe)) return "its start";
  const { type, path, port, command, file } = probe as Readonly<Record<string, Json>>;
  switch (type) {
    case "http":
      return `GET ${String(path)} on ${String(port)}`;
    case "tcp":
      return `a connection to ${String(port)}`;
    case "command":
      return `\`${Array.isArray(command) ? command.join(" ") : ""}\``;
    default:
      return `the file ${String(file)}`;
  }
}
