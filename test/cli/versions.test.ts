import { expect, test } from "vitest";
import { versionsOf } from "../../src/cli/revisions/versions.ts";
import type { Fields, KindRules } from "../../src/model/resource.ts";
import { wants } from "../plan/objects.ts";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: ["code"], volatile: [], rolls: {} };
const versionOf = (fields: Fields): string | undefined =>
  versionsOf(
    [wants("desk", "config", { image: "no" }), wants("desk", "runs", fields)],
    {
      kinds: { runs: PLAIN },
      runs: "runs",
    },
    (text) => `${text.length}-and-more`,
  )["desk"];

test.each([
  [{ image: "desk:1", imageId: "sha256:0123456789abcdef" }, "desk:1 0123456789ab"],
  [
    { spec: { template: { spec: { containers: { desk: { image: "acme/desk:2" } } } } }, code: { a: "1" } },
    "acme/desk:2",
  ],
  [{ environment: { image: "no" }, code: { "main.py": "1" } }, "1 file 15-and-m"],
  [{ code: { a: "1", b: "2" } }, "2 files 17-and-m"],
  [{ code: {} }, "no files"],
  [{ command: ["a"] }, undefined],
])("what runs as %j is called %s", (fields, version) => {
  expect(versionOf(fields)).toBe(version);
});
