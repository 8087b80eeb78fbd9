import { expect, test } from "vitest";
import { redactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";

const ROUNDS = Number(process.env["FIGURE_ROUNDS"] ?? 10);
const SIGNS = Array.from("abcXYZ0189+/=?&%#'\"\\ \t~!()*-_.éß漢😀");

/** Numbers that look like chance and can be had again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("a secret is covered in every way in which programs write it down", () => {
  const seed = Number(process.env["FIGURE_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`seed ${seed}\n`);
  const next = chance(seed);
  const word = (length: number): string =>
    Array.from({ length }, () => SIGNS[next(SIGNS.length)] ?? "").join("");
  for (let round = 0; round < ROUNDS * 20; round++) {
    const value = word(8 + next(40));
    const redact = redactor([new Secret(word(12)), new Secret(value)]);
    const [before, after] = [word(next(6)), word(next(6))];
    const written = {
      plain: before + value + after,
      json: JSON.stringify({ [before]: value }),
      url: `https://example.test/?q=${encodeURIComponent(value)}&after`,
      form: new URLSearchParams({ q: value }).toString(),
      lower: encodeURIComponent(value).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      base64: Buffer.from(value).toString("base64"),
      base64url: Buffer.from(value).toString("base64url"),
      // Whatever stands before it, a header with a user and a password does not show it.
      header: Buffer.from(before + value + after).toString("base64"),
    };
    for (const [way, text] of Object.entries(written)) {
      const shown = redact(text);
      expect({ seed, way, value, shown, found: shown.includes("(secret)") }).toMatchObject({ found: true });
      if (way === "header") expect(Buffer.from(shown, "base64").toString()).not.toContain(value);
      else expect(shown).not.toContain(value);
    }
  }
});

test("a password in an address is covered whoever owns it, and the rest of the address stays", () => {
  const redact = redactor([]);
  expect(redact("get postgres://desk:open-sesame@db.test:5432/a failed")).toBe(
    "get postgres://desk:(secret)@db.test:5432/a failed",
  );
  expect(redact("https://example.test:8080/a@b and mail@example.test")).toBe(
    "https://example.test:8080/a@b and mail@example.test",
  );
});

test("each line of a key of several lines is covered by itself", () => {
  const redact = redactor([new Secret("-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----")]);
  expect(redact("loaded MIIEvQIBADAN")).toBe("loaded (secret)");
});

test("what is too short to be a secret covers nothing", () => {
  expect(redactor([new Secret("1"), new Secret("")])("port 8081, exit 1")).toBe("port 8081, exit 1");
});

test("lines that were made to keep a pattern busy come back as they are", () => {
  const redact = redactor([new Secret("some-secret-0123456789")]);
  for (const piece of ["a.", "a-", "a:", "a://", "a://b:", "://"]) {
    const line = piece.repeat(65_536 / piece.length);
    expect(redact(line)).toBe(line);
  }
});
