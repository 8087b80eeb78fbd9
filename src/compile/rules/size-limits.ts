import type { Path } from "../../model/source.ts";
import type { Rule } from "../rule.ts";

/** What the operating system takes: one text of 128 KiB, 2 MB for all. NUL would end a text early. */
const ONE = 128 * 1024 - 1;
const ALL = 2_000_000;

export const sizeLimits: Rule = {
  agent({ doc }, report) {
    const { spec } = doc.value;
    let total = 0;
    const check = (text: string, path: Path): void => {
      total += text.length + 1;
      if (text.includes("\u0000")) {
        report("AAC2016", doc.at(path), "holds a NUL, at which every program would stop reading", {
          notes: ["remove it"],
        });
      } else if (text.length > ONE) {
        report("AAC2016", doc.at(path), `is ${text.length} characters long; the system takes ${ONE}`, {
          notes: ["put it into a file, or under `config`"],
        });
      }
    };
    const command = typeof spec.command === "string" ? [spec.command] : (spec.command ?? []);
    command.forEach((word, i) =>
      check(word, typeof spec.command === "string" ? ["spec", "command"] : ["spec", "command", i]),
    );
    (spec.args ?? []).forEach((word, i) => check(word, ["spec", "args", i]));
    (spec.environment ?? []).forEach((entry, i) => {
      if (!("from" in entry)) check(entry.value, ["spec", "environment", i, "value"]);
    });
    if (total > ALL) {
      report(
        "AAC2016",
        doc.at(["spec"], "key"),
        `its arguments and variables are ${total} characters together; the system takes ${ALL}`,
        {
          notes: ["put the largest into a file, or under `config`"],
        },
      );
    }
  },
};
