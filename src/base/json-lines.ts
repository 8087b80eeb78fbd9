import type { Json } from "./canonical.ts";

/** Takes a stream of documents apart, a line each, wherever its pieces were cut. What is no JSON is left out. */
export function jsonLines(): (chunk: Uint8Array) => readonly Json[] {
  const decoder = new TextDecoder();
  let held = "";
  return (chunk) => {
    const lines = (held + decoder.decode(chunk, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    return lines.flatMap(documentIn);
  };
}

function documentIn(line: string): readonly Json[] {
  try {
    const value: Json = JSON.parse(line);
    return [value];
  } catch {
    return [];
  }
}
