export interface LoopbackUrl {
  readonly tool: "curl" | "wget";
  readonly path: string;
  readonly port: number;
  readonly failsOnError: boolean;
}

const URL = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::(\d{1,5}))?(\/[^\s'"|;&]*)?$/;
/** Flags that change nothing about what is asked; those with a value take the next word too. */
const PLAIN = new Set([
  "-f",
  "--fail",
  "-s",
  "--silent",
  "-S",
  "--show-error",
  "-q",
  "--quiet",
  "--spider",
  "-L",
  "--location",
  "-fsS",
  "-sf",
  "-fs",
  "-sS",
  "-qO-",
  "-nv",
  "--no-verbose",
]);
const WITH_VALUE = new Set([
  "-o",
  "--output",
  "-O",
  "-m",
  "--max-time",
  "--connect-timeout",
  "-T",
  "--timeout",
  "-t",
  "--tries",
]);

/** What a command asks that is only curl or wget of a loopback address; undefined for any other. */
export function curlCheck(command: readonly string[]): LoopbackUrl | undefined {
  const words = unwrapped(command);
  const [tool, ...rest] = words;
  if (tool !== "curl" && tool !== "wget") return undefined;
  let url: RegExpExecArray | undefined;
  let fails = tool === "wget";
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? "";
    if (WITH_VALUE.has(word)) i++;
    else if (PLAIN.has(word)) fails ||= /^--fail$|^-[a-zA-Z]*f/.test(word);
    else {
      const match = URL.exec(word);
      if (match === null || url !== undefined) return undefined;
      url = match;
    }
  }
  if (url === undefined) return undefined;
  return { tool, port: Number(url[1] ?? 80), path: url[2] ?? "/", failsOnError: fails };
}

/** `sh -c "curl … || exit 1"` says no more than the words in it. */
function unwrapped(command: readonly string[]): readonly string[] {
  const [shell = "", flag, line, ...more] = command;
  const isShell =
    /^(?:\/bin\/)?(?:sh|bash)$/.test(shell) && flag === "-c" && line !== undefined && more.length === 0;
  if (!isShell) return command;
  const plain = line.trim().replace(/\s*\|\|\s*exit\s+1$/, "");
  return /[|;&`$<>]/.test(plain.replaceAll("> /dev/null", ""))
    ? command
    : plain.replaceAll("> /dev/null", "").trim().split(/\s+/).map(unquote);
}

const unquote = (word: string): string => word.replace(/^(["'])(.*)\1$/, "$2");
