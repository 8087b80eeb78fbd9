/** The least that a validator in Node can do: read one file, parse it as YAML, read its arguments. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { parseDocument } from "yaml";

const command = new Command("validate").argument("<path>");
command.parse(process.argv);
const text = readFileSync(command.args[0] ?? "", "utf8");
const document = parseDocument(text);
process.stdout.write(document.errors.length === 0 ? "1 file\n" : "broken\n");
