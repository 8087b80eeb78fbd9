/** What a program or a file of its own says, of which nothing is known before. */
export type Fields = Readonly<Record<string, unknown>>;

export function parsedObject(text: string): Fields | undefined {
  return objectOf(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The entries whose values are texts. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectOf(value) ?? {}).flatMap(([name, one]) =>
      typeof one === "string" ? [[name, one]] : [],
    ),
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
