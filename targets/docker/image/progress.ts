/** One piece of what an engine tells while it pulls or builds. */
export interface Told {
  /** Of a build: output as it comes, in any pieces. */
  readonly stream?: string;
  readonly status?: string;
  /** Of a pull: which layer. */
  readonly id?: string;
  readonly error?: string;
}

/** A line of JSON each, cut anywhere by the connection. */
export async function* toldIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Told> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const piece of pieces) {
    held += decoder.decode(piece, { stream: true });
    const lines = held.split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield told(line);
  }
  if (held.trim() !== "") yield told(held);
}

function told(line: string): Told {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { stream: `${line}\n` };
  }
  if (typeof value !== "object" || value === null) return {};
  const text = new Map<string, unknown>(Object.entries(value));
  const one = (name: keyof Told): Told => {
    const found = text.get(name);
    return typeof found === "string" ? { [name]: found } : {};
  };
  return { ...one("stream"), ...one("status"), ...one("id"), ...one("error") };
}
