/** How a process says whose it is: a variable in its environment, which all of its children inherit. */
export const MARKER = "AAC_MARKER";

export interface Marker {
  /** The key of the place. */
  readonly place: string;
  readonly agent: string;
  readonly replica: number;
  readonly run: string;
  readonly source: string;
  readonly origin: string;
}

const VERSION = "v1";

export function writeMarker(marker: Marker): string {
  const { place, agent, replica, run, source, origin } = marker;
  const fields = { place, agent, replica: String(replica), run, source, origin };
  return [
    VERSION,
    ...Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
  ].join(" ");
}

/** Undefined where it is not there, of another version, or written by somebody else. */
export function readMarker(environment: Readonly<Record<string, string>> | undefined): Marker | undefined {
  const text = environment?.[MARKER];
  if (text === undefined) return undefined;
  const [version, ...words] = text.split(" ");
  if (version !== VERSION) return undefined;
  const fields = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    const value = decoded(word.slice(at + 1));
    if (at > 0 && value !== undefined) fields.set(word.slice(0, at), value);
  }
  const [place, agent, run] = [fields.get("place"), fields.get("agent"), fields.get("run")];
  const replica = Number(fields.get("replica") ?? Number.NaN);
  if (place === undefined || agent === undefined || run === undefined || !Number.isInteger(replica))
    return undefined;
  return {
    place,
    agent,
    replica,
    run,
    source: fields.get("source") ?? "",
    origin: fields.get("origin") ?? "",
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
