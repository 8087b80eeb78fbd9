import type { Path } from "../../model/source.ts";
import type { Rule } from "../rule.ts";

/** What the operating system takes, in bytes: one text of 128 KiB, 2 MB for all. NUL would end a text early. */
const ONE = 128 * 1024 - 1;
const ALL = 2_000_000;
const bytes = new TextEncoder();

export const sizeLimits: Rule = {
  agent({ doc }, report) {
    const { spec } = doc.value;
    let total = 0;
    visit(spec, ["spec"]);
    if (total > ALL) {
      report(
        "AAC2016",
        doc.at(["spec"], "key"),
        `its arguments and variables are ${total} bytes together; the system takes ${ALL}`,
        { notes: ["put the largest into a file, or under `config`"] },
      );
    }

    function visit(value: unknown, path: Path): void {
      if (typeof value === "string") check(value, path);
      else if (Array.isArray(value)) value.forEach((item, i) => visit(item, [...path, i]));
      else if (typeof value === "object" && value !== null) {
        for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
      }
    }

    function check(text: string, path: Path): void {
      if (text.includes("\u0000")) {
        const message = "holds a NUL, at which every program would stop reading";
        report("AAC2016", doc.at(path), message, { notes: ["remove it"] });
      }
      if (path.includes("config")) return;
      // Most texts are short, whatever their characters.
      const size = text.length * 3 <= ONE ? text.length : bytes.encode(text).length;
      total += size + 1;
      if (size <= ONE) return;
      report("AAC2016", doc.at(path), `is ${size} bytes long; the system takes ${ONE}`, {
        notes: ["put it into a file, or under `config`"],
      });
    }
  },
};
