import type { Secret } from "./secret.ts";

/** Shorter ones are no secrets: covering them would cover everything. */
const SHORTEST = 4;
/** A part of a longer base64 text says little when it is shorter, and stands in many texts. */
const SHORTEST_PART = 8;
/** With a longest name of a scheme: a line made to be slow must not be. */
const PASSWORD = /(\b[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/[^/\s:@"'`]*:)([^/\s@"'`]+)(?=@)/g;

const COVER = "(secret)";

/**
 * Covers these values wherever they stand in a text: as they are, in base64 (also as a part of a longer one), as a
 * part of an address and inside JSON. What looks like a password in an address is covered whoever owns it.
 */
export function redactor(values: readonly Secret[]): (text: string) => string {
  const forms = [...new Set(values.flatMap((one) => formsOf(one.reveal())))].sort(
    (a, b) => b.length - a.length,
  );
  return (text) => {
    let covered = text;
    // Nearly always none is there, and that is found out fast: a log may have lines of 64 KiB.
    for (const form of forms) if (covered.includes(form)) covered = covered.replaceAll(form, COVER);
    return covered.replaceAll(PASSWORD, (_, before: string, password: string) =>
      password === COVER ? before + password : before + COVER,
    );
  };
}

/** Every way in which programs commonly write a value down. */
function formsOf(value: string): readonly string[] {
  if (value.length < SHORTEST) return [];
  // A log shows a key of several lines line by line.
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_PART);
  return [value, ...lines].flatMap((text) => {
    const url = inAddress(text);
    return [text, JSON.stringify(text).slice(1, -1), ...url, ...base64(text)].flatMap((form) =>
      form.includes("/") ? [form, form.replaceAll("/", String.raw`\/`)] : [form],
    );
  });
}

/** What different programs leave as it is in a part of an address, beside letters, digits, `-`, `.` and `_`. */
const LEFT = ["!'()*~", "", "~", "*", "~/"];

function inAddress(text: string): readonly string[] {
  // Half of a pair cannot be encoded, and no program could write it that way.
  const whole = encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/");
  return LEFT.flatMap((left) => {
    const one = whole.replaceAll(/[!'()*~/]/g, (char) =>
      left.includes(char) ? char : `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return [one, one.replaceAll("%20", "+")].flatMap((form) => [
      form,
      form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ]);
  });
}

/** Three letters are four signs: what stands before decides which of three ways a text is written. */
function base64(text: string): readonly string[] {
  const bytes = [...new TextEncoder().encode(text)];
  const encode = (all: readonly number[]): string =>
    btoa(all.map((one) => String.fromCharCode(one)).join(""));
  const whole = encode(bytes);
  const parts = [0, 1, 2].map((before) => {
    const signs = encode([...Array<number>(before).fill(0), ...bytes]).replace(/=+$/, "");
    const first = Math.ceil((before * 8) / 6);
    return signs.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [whole, ...parts.filter((part) => part.length >= SHORTEST_PART)].flatMap((one) => [
    one,
    one.replaceAll("+", "-").replaceAll("/", "_"),
  ]);
}
