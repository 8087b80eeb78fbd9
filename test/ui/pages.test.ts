import { describe, expect, test } from "vitest";
import { type Code, CODES, isCode } from "../../src/model/codes.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { PAGES } from "../../src/ui/pages/index.ts";
import type { Example, Page } from "../../src/ui/pages/page.ts";
import { compileFiles } from "../helpers/compile-text.ts";

/** Codes that no text can show, each with the reason. */
const WITHOUT_EXAMPLE: Readonly<Partial<Record<Code, string>>> = {
  AAC1010: "it is about a file that cannot be read, not about its text",
  AAC1011: "bytes that are not text would upset the terminal that shows them",
  AAC1012: "an example would be longer than 1 MiB",
  AAC1023: "an example would need more than 100000 agents",
  AAC1060: "an example would need more than 100 faults",
  AAC3001: "it is about what is live",
  AAC4011: "it is about what is live",
  AAC4012: "it is about what is live",
  AAC4013: "it is about what is live",
  AAC4014: "it is about what is live",
  AAC4015: "it is about what is live",
  AAC4016: "it is about what is live",
  AAC3002: "it is about what is live",
  AAC3003: "it is about what is live",
  AAC3004: "it is about a plan file",
  AAC3005: "it is about what is live",
  AAC3006: "it is about what is live",
  AAC3101: "an example would need very many files",
  AAC3102: "it is about what stands beside the files when a plan is made",
  AAC3103: "it is about what stands beside the files when a plan is made",
  AAC3104: "it is about what is live",
  AAC3105: "it is about what stands beside the files when a plan is made",
  AAC4001: "it is about what is live",
  AAC4002: "it is about what is live",
  AAC4003: "it is about what is live",
  AAC4004: "it is about what is live",
  AAC4005: "it is about what is live",
  AAC4006: "it is about what is live",
  AAC4007: "it is about what is live",
  AAC4008: "it is about what is live",
  AAC4010: "it is about what is live",
  AAC9001: "it is about the command line",
};

const pages = Object.entries(PAGES).flatMap(([code, page]): [Code, Page][] =>
  isCode(code) ? [[code, page]] : [],
);
const shown = pages.flatMap(([code, page]) => {
  const { wrong, right } = page;
  return wrong === undefined || right === undefined ? [] : [{ code, page, wrong, right }];
});

async function read(example: Example, page: Page): Promise<readonly Diagnostic[]> {
  const files = typeof example === "string" ? { "agent.yaml": example } : example;
  const { diagnostics } = await compileFiles(files, page.env === undefined ? {} : { env: page.env });
  return diagnostics;
}

describe("pages", () => {
  test("every code has one", () => {
    expect(Object.keys(PAGES).sort()).toEqual(Object.keys(CODES).sort());
  });

  test("each says in two to four short lines what happened, why it matters and what to do", () => {
    const faults = pages.flatMap(([code, { why }]) => [
      ...(why.length < 2 || why.length > 4 ? [`${code} has ${why.length} lines`] : []),
      ...why.filter((line) => line.length > 120).map((line) => `${code} is too long: ${line}`),
      ...why.filter((line) => !line.endsWith(".")).map((line) => `${code} has no full stop: ${line}`),
    ]);
    expect(faults).toEqual([]);
  });

  test("each shows a wrong and a right example, unless it is listed here with a reason", () => {
    const without = pages.filter(([, page]) => page.wrong === undefined || page.right === undefined);
    expect(without.map(([code]) => code).sort()).toEqual(Object.keys(WITHOUT_EXAMPLE).sort());
  });

  test("one that shows no example says why", () => {
    for (const [code, page] of pages.filter(([one]) => WITHOUT_EXAMPLE[one] !== undefined)) {
      expect(page.note, code).toBeDefined();
      expect([page.wrong, page.right], code).toEqual([undefined, undefined]);
    }
  });
});

describe("the wrong example", () => {
  test.each(shown)("of $code reports $code", async ({ code, page, wrong }) => {
    expect((await read(wrong, page)).map((one) => one.code)).toContain(code);
  });
});

describe("the right example", () => {
  test.each(shown)("of $code reports neither $code nor any error", async ({ code, page, right }) => {
    const found = (await read(right, page)).filter((one) => one.code === code || one.level === "error");
    expect(found.map((one) => `${one.code} ${one.message}`)).toEqual([]);
  });
});
