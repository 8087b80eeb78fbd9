import type { Rule } from "../rule.ts";

/** `"x; rm -rf ."` is one word for the system and a program for a shell: which one is meant has to be said. */
export const shellString: Rule = {
  agent({ doc }, report) {
    const { command, shell } = doc.value.spec;
    if (typeof command === "string" && shell !== true) {
      const words = command.trim().split(/\s+/);
      const list = /["'$`|;&<>*?]/.test(command)
        ? undefined
        : `[${words.map((word) => (/^[\w./=-]+$/.test(word) ? word : `"${word}"`)).join(", ")}]`;
      report(
        "AAC2013",
        doc.at(["spec", "command"]),
        "a command is a list of words; one text would need a shell",
        {
          label: list === undefined ? "write `shell: true` beside it if a shell is meant" : `write ${list}`,
          notes: [
            "no shell is used unless it is asked for: what a shell makes of quotes, `;` and `$` has surprised many",
            ...(list === undefined
              ? ["or write the words as a list: `[program, argument]`"]
              : ["for a shell, write `shell: true`"]),
          ],
        },
      );
    } else if (shell === true && Array.isArray(command) && command.length > 1) {
      report("AAC2013", doc.at(["spec", "shell"]), "`shell: true` takes the command as one text", {
        notes: ["write the line as one text, or leave `shell` out"],
      });
    }
  },
};
