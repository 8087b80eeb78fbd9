import type { PortHolder } from "../model/system.ts";

/** Sixty signs are enough to know a program by; what comes after may be anything, such as a whole script or a key. */
const TOO_LONG = /^(.{59}).{2,}$/su;

/** Who holds a port, as far as that can be known: `python3 -m http.server (pid 7)`. */
export function holderWords({
  pid,
  command,
}: Extract<PortHolder, { readonly is: "taken" }>): string | undefined {
  return pid === undefined ? undefined : `${programWords(command ?? "")} (pid ${pid})`;
}

function programWords(command: string): string {
  const [program = "", ...more] = command.trim().split(/\s+/);
  // Of a long path the end says which program it is.
  const text = [program.slice(program.lastIndexOf("/") + 1) || program, ...more].join(" ");
  return text === "" ? "a program" : text.replace(TOO_LONG, "$1…");
}
