import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";

/** What the kernel takes: one text with the byte that ends it, and all of them together with a pointer to each. */
const ONE = 128 * 1024;
const ALL = 2_000_000;
const POINTER = 8;
/** The little program that stands between the supervisor and an agent takes its share. */
const OURS = 16 * 1024;

export interface Given {
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Why no program could be started with these, each with its size; the values themselves are not told. */
export function sizeFaults(agent: string, { command, variables }: Given): Diagnostic[] {
  const texts = [
    ...command.map((text, i): Text => ({ name: `argument ${i}`, bytes: length(text), text })),
    ...Object.entries(variables).map(
      ([name, text]): Text => ({
        name: `the variable ${name}`,
        bytes: length(name) + 1 + length(text),
        text,
      }),
    ),
  ];
  const single = texts.flatMap(({ name, bytes, text }) => {
    if (text.includes("\0"))
      return [fault(agent, `${name} holds a NUL, at which every program would stop reading`, "remove it")];
    return bytes < ONE
      ? []
      : [
          fault(
            agent,
            `${name} has ${bytes} bytes, and the system takes ${ONE - 1}`,
            "hand it over in a file",
          ),
        ];
  });
  if (single.length > 0) return single;
  const total = texts.reduce((sum, { bytes }) => sum + bytes + 1 + POINTER, OURS);
  return total <= ALL
    ? []
    : [
        fault(
          agent,
          `its arguments and variables have ${total} bytes together, and the system takes ${ALL}`,
          "hand the largest over in a file",
        ),
      ];
}

interface Text {
  readonly name: string;
  readonly bytes: number;
  readonly text: string;
}

const length = (text: string): number => new TextEncoder().encode(text).length;
const fault = (agent: string, why: string, repair: string): Diagnostic =>
  diagnostic("AAC2016", undefined, `${agent}: ${why}`, { notes: [repair] });
