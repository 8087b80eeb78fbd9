import { describe, expect, test } from "vitest";
import { cases, run } from "./helpers/load-fixture.ts";

/** What these files really get wrong; any other of the folder has to be read as it is. */
const REALLY_WRONG: Readonly<Record<string, string>> = {
  "wild/brass-band": "a name that is no DNS label",
  "wild/chess-coach": "a key three times in one map",
  "wild/drone-pilot": "a runtime that nobody has",
  "wild/lost-property": "`from: config` without a config",
  "wild/poetry-corner": "a model that is one word",
};

describe("files in the shapes that people write for another agent tool", () => {
  test.each(cases().filter((name) => name.startsWith("wild/")))(
    "%s is read with warnings at most, unless it is really wrong",
    async (name) => {
      const { ir } = await run(name);
      expect(ir === undefined ? "refused" : "read").toBe(
        Object.hasOwn(REALLY_WRONG, name) ? "refused" : "read",
      );
    },
  );
});
