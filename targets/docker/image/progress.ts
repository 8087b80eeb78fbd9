/** One piece of what an engine tells while it pulls or builds. */
export interface Told {
  /** Of a build: output as it comes, in any pieces. */
  readonly stream?: string;
  readonly status?: string;
  /** Of a pull: which layer. */
  readonly id?: string;
  /** Of that layer, where they are counted. */
  readonly bytes?: { readonly done: number; readonly of: number };
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
  const one = (name: "stream" | "status" | "id" | "error"): Told => {
    const found = text.get(name);
    return typeof found === "string" ? { [name]: found } : {};
  };
  return {
    ...one("stream"),
    ...one("status"),
    ...one("id"),
    ...bytesIn(text.get("progressDetail")),
    ...one("error"),
  };
}

function bytesIn(detail: unknown): Told {
  if (typeof detail !== "object" || detail === null) return {};
  if (!("current" in detail) || !("total" in detail)) return {};
  const { current, total } = detail;
  return typeof current === "number" && typeof total === "number" && total > 0
    ? { bytes: { done: current, of: total } }
    : {};
}
