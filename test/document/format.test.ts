import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixText } from "../../src/document/fix.ts";
import { formatText, sameComments } from "../../src/document/format.ts";
import { sameTree } from "../../src/document/layout/same.ts";
import { parse } from "../../src/document/parse.ts";

const WILD = new URL("../../fixtures/wild/", import.meta.url);
const wild = readdirSync(WILD).map((name) => ({
  name,
  text: readFileSync(new URL(`${name}/agent.yaml`, WILD), "utf8"),
}));

function formatted(text: string): string {
  const result = formatText("agent.yaml", text);
  expect(result.diagnostics).toEqual([]);
  expect(formatText("agent.yaml", result.text).text).toBe(result.text);
  return result.text;
}

function expectSameTrees(before: string, after: string): void {
  const [left, right] = [parse("a", before), parse("a", after)];
  expect(right.diagnostics).toEqual(
    left.diagnostics.map((one) => expect.objectContaining({ code: one.code })),
  );
  expect(right.documents.length).toBe(left.documents.length);
  left.documents.forEach((one, i) => {
    const other = right.documents[i];
    expect(other !== undefined && sameTree(one.root, other.root)).toBe(true);
  });
}

describe("the canonical layout", () => {
  test("two spaces a level, and list items under their key", () => {
    expect(
      formatted(
        "spec:\n    runtime: python\n    ports:\n    - container: 80\n      host:   8080\n    -   container: 81\n    - - a\n      -   b\n",
      ),
    ).toBe(
      "spec:\n  runtime: python\n  ports:\n    - container: 80\n      host: 8080\n    - container: 81\n    - - a\n      - b\n",
    );
  });

  test("spaces at line ends, runs of blank lines, CRLF and a byte order mark go", () => {
    expect(formatted("\uFEFF\r\n\r\na: 1   \r\n\r\n\r\n  \r\nb:\r\n\r\n  c: 2\r\n\r\n\r\n")).toBe(
      "a: 1\n\nb:\n  c: 2\n",
    );
    expect(formatted("a: 1")).toBe("a: 1\n");
  });

  test("numbers and quotes stay as they are written", () => {
    const text =
      "a: 1.10\nb: 0755\nc: 0x1F\nd: 1e3\ne: '1'\nf: \"caf\\u00e9 \\x41\"\ng: 'it''s'\nh: ~\ni:\nj: yes\n\"k\": 1_000\n";
    expect(formatted(text)).toBe(text);
  });

  test("flow maps and lists stay flow, with one kind of spacing", () => {
    expect(formatted('a: { b: 1,c : [ x,y ] , "d":2 }\ne: [ ]\nf: {}\ng: [a: 1, {b}]\n')).toBe(
      'a: {b: 1, c: [x, y], "d": 2}\ne: []\nf: {}\ng: [{a: 1}, {b}]\n',
    );
  });

  test("a flow list over several lines has one item a line, and keeps its comments", () => {
    expect(formatted("a: [ # open\n  x, # of x\n      y,\n  # of z\n  z,\n  # end\n ] # close\n")).toBe(
      "a: [\n  # open\n  x, # of x\n  y,\n  # of z\n  z\n  # end\n] # close\n",
    );
  });

  test("comments keep to what they stand above or behind", () => {
    expect(
      formatted(
        "# top\n\n#second\na:     # of a\n      # of b\n      b: 1    # behind b\n      # end of a\n   # of c\nc:\n- 1\n# of 2\n- 2\n# the end\n",
      ),
    ).toBe(
      "# top\n\n#second\na: # of a\n  # of b\n  b: 1 # behind b\n  # end of a\n# of c\nc:\n  - 1\n  # of 2\n  - 2\n# the end\n",
    );
  });

  test("comments between a key or a dash and its value are kept above", () => {
    expect(formatted("a:\n  # why\n  1\nb: # one\n  text # two\nc:\n  -\n    # three\n    d: 1\n")).toBe(
      "# why\na: 1\n# two\nb: text # one\nc:\n  # three\n  - d: 1\n",
    );
  });

  test("anchors, aliases and merges stay", () => {
    expect(
      formatted(
        "x: &x\n    a: 1\nl:\n- &i {b: 2}\n- *i\n-   &m\n    c: &t text\nspec:\n    <<:   *x\n    &k d: *t\n",
      ),
    ).toBe("x: &x\n  a: 1\nl:\n  - &i {b: 2}\n  - *i\n  - &m\n    c: &t text\nspec:\n  <<: *x\n  &k d: *t\n");
  });

  test("block scalars keep every character of their text", () => {
    expect(
      formatted(
        "a:\n     b: |\n            one\n              two  \n\n            # three\n     c: >-   # folded\n      x\n      y\n\n\n     d: |4-\n          z\n     e: |+\n      k\n\n\nf: 1\n",
      ),
    ).toBe(
      "a:\n  b: |\n    one\n      two  \n\n    # three\n  c: >- # folded\n    x\n    y\n\n  d: |2-\n     z\n  e: |+\n    k\n\n\nf: 1\n",
    );
  });

  test("long lines stay long, and folded texts stay folded", () => {
    const long = `a: ${"word ".repeat(60)}end\n`;
    expect(formatted(long)).toBe(long);
    expect(formatted('a: one\n      two\n\n      three # c\nb: "x \\\n        \\ y\n   z"\n')).toBe(
      'a: one\n  two\n\n  three # c\nb: "x \\\n  \\ y\n  z"\n',
    );
  });

  test("several documents keep their marks", () => {
    expect(formatted("# one\n---   # first\na: 1\n# end\n...\n---\n\nb:   2\n---\n{ c: 3 }\n")).toBe(
      "# one\n--- # first\na: 1\n# end\n...\n---\nb: 2\n--- {c: 3}\n",
    );
  });

  test("what cannot be read, or has no layout, is given back as it is", () => {
    const broken = "a: [1\nb:   2\n";
    const result = formatText("agent.yaml", broken);
    expect(result.text).toBe(broken);
    expect(result.diagnostics[0]?.code).toBe("AAC1001");
    for (const text of ["? a\n:   1\n", "%TAG ! tag:x,2000:\n---\na:   1\n", "just   text\n"]) {
      expect(formatText("agent.yaml", text).text).toBe(text);
    }
  });
});

describe("files of the wild", () => {
  test.each(wild)("$name comes out the same the second time, and with the same tree", ({ text }) => {
    const once = formatText("agent.yaml", text).text;
    expect(formatText("agent.yaml", once).text).toBe(once);
    expect(sameComments(text, once)).toBe(true);
    expectSameTrees(text, once);
  });
});

/** Texts that are nearly agents: odd indentation, comments anywhere, all kinds of quotes. */
const scalars = fc.constantFrom(
  "1",
  "1.10",
  "0755",
  "0x1F",
  "1e3",
  "~",
  "",
  "text",
  "two words",
  "'it''s'",
  '"a\\tb # c"',
  "${X:-y}",
  "a:b",
  "[a,  b]",
  "{ a: 1, b: [ ] }",
  '{"x":1}',
  "[\n       a, # in\n       b ]",
  "'one\n         two\n\n         three'",
  "plain\n         on",
);
const comments = fc.constantFrom("", "", "", " # c", "    #d", "  # 'e'");
const between = fc.constantFrom(
  "",
  "",
  "",
  "\n",
  "\n\n  \n",
  "# note\n",
  "   # deep note\n",
  "\n      # deeper\n\n",
);

interface Piece {
  readonly kind: "map" | "list" | "text" | "block";
  readonly text: string;
  readonly comment: string;
  readonly above: string;
  readonly step: number;
  readonly inner: readonly Piece[];
}

const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.record({
    kind: fc.constantFrom<Piece["kind"]>("map", "map", "list", "text", "text", "block"),
    text: scalars,
    comment: comments,
    above: between,
    step: fc.integer({ min: 1, max: 5 }),
    inner: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant<Piece[]>([]),
      fc.array(tie("piece"), { maxLength: 4 }),
    ),
  }),
}));

function write(kind: "map" | "list", pieces: readonly Piece[], indent: number): string {
  const margin = " ".repeat(indent);
  const rows = pieces.map((one, i) => {
    const head = `${one.above}${margin}${kind === "map" ? `key_${i}:` : "-"}`;
    if (one.kind === "block")
      return `${head} |${one.text === "~" ? "-" : ""}${one.comment}\n${margin}      text  \n\n${margin}        # more\n`;
    if (one.kind === "text" || one.inner.length === 0) return `${head} ${one.text}${one.comment}\n`;
    return `${head}${one.comment}\n${write(one.kind, one.inner, indent + one.step)}`;
  });
  return rows.join("");
}

/** Each property prints its seed, so that a failure can be had again. */
function newSeed(): number {
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`seed ${seed}\n`);
  return seed;
}

test("no text is too broken to be given back", () => {
  const bits = fc.array(
    fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "  ",
      "#",
      "{",
      "}",
      "[",
      "]",
      ",",
      "'",
      '"',
      "|",
      ">",
      "&x",
      "*x",
      "?",
      "---\n",
      "...\n",
      "<<",
      "\t",
      "\\",
      "!",
      "%",
    ),
  );
  fc.assert(
    fc.property(bits, (parts) => {
      const text = parts.join("");
      const once = formatText("agent.yaml", text).text;
      expect(formatText("agent.yaml", once).text).toBe(once);
      if (once !== text) expectSameTrees(text, once);
      expect(fixText("agent.yaml", text).changes).toBe(0);
    }),
    { seed: newSeed(), numRuns: 200 },
  );
});

test("any agent is laid out the same twice, and means what it meant", () => {
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.constantFrom("\n", "\r\n"),
      (pieces, newline) => {
        const text = `# agent\n${write("map", pieces, 0)}`.replaceAll("\n", newline);
        fc.pre(parse("agent.yaml", text).diagnostics.length === 0);
        const once = formatText("agent.yaml", text).text;
        expect(formatText("agent.yaml", once).text).toBe(once);
        expect(sameComments(text, once)).toBe(true);
        expectSameTrees(text, once);
        // Given back as it was would pass all of the above.
        expect(once).not.toContain("\r");
        expect(once).not.toMatch(/\n\n\n(?! )/);
      },
    ),
    { seed: newSeed(), numRuns: 200 },
  );
});
