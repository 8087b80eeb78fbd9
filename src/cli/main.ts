import { Command, CommanderError, Option } from "commander";
import { nearest } from "../base/nearest.ts";
import { output } from "../system/output.ts";
import { helpFor, overview } from "./help.ts";
import { ownWords } from "./own-words.ts";
import { screenOf } from "./terminal/screen.ts";
import {
  COMMANDS,
  COMMON,
  type CommandSpec,
  type Context,
  OTHER_FLAGS,
  OTHER_WORDS,
  type OptionSpec,
} from "./table.ts";
import { now } from "./stopwatch.ts";
import { isSaid, isUsageError, UsageError } from "./usage.ts";
import { worldFault } from "./world-fault.ts";

declare const AAC_VERSION: string | undefined;

const version = typeof AAC_VERSION === "string" ? AAC_VERSION : "0.0.0-source";
const stdout = output(1);
const write = (text: string): void => stdout.write(text);
const complain = (text: string): void => output(2).write(text);

/** The composition root: reads the command line, runs one command, turns its outcome into an exit code. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    process.exitCode = await dispatch(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  if (
    first === undefined ||
    first === "--help" ||
    first === "-h" ||
    (first === "help" && rest.length === 0)
  ) {
    write(overview());
    return 0;
  }
  if (first === "--version" || first === "-V") {
    write(`aac ${version}\n`);
    return 0;
  }
  if (first === "__complete") {
    await (await import("./complete/main.ts")).main(rest);
    return 0;
  }
  // All other forms of it are a command like any.
  if (first === "help" && rest.length === 1 && COMMANDS.some(({ name }) => name === rest[0]))
    return help(rest[0] ?? "", []);
  if (first.startsWith("-"))
    throw new UsageError(
      `the command comes first: \`aac COMMAND ${first}\``,
      "aac --help lists the commands",
    );
  const spec = COMMANDS.find((one) => one.name === first);
  if (spec === undefined) throw unknownCommand(first);
  const own = ownWords(spec, [...spec.options, ...COMMON], rest);
  if (own.includes("--help") || own.includes("-h")) return help(first, own);
  if (spec.load === undefined) {
    complain(`error AAC9001: \`aac ${first}\` is not built yet\n  = it will do this: ${spec.about}\n`);
    return 2;
  }
  const { args, options } = parse(spec, rest);
  const screen = screenOf(process.env, stdout, options["color"]);
  const context: Context = {
    args,
    options,
    cwd: process.cwd(),
    environment: process.env,
    started: now(),
    version,
    out: write,
    error: complain,
    whenLeft: (run) => stdout.whenLeft(run),
    screen,
  };
  const { run } = await spec.load();
  return spec.paged === true && screen.terminal && options["pager"] !== false
    ? (await import("./terminal/pager.ts")).paged(context, run)
    : run(context);
}

async function help(name: string, rest: readonly string[]): Promise<number> {
  const spec = COMMANDS.find((one) => one.name === name);
  if (spec === undefined) throw unknownCommand(name);
  const text = spec.load === undefined ? `aac ${name}\n  ${spec.about}\n  not built yet\n` : helpFor(spec);
  if (stdout.isTTY && !rest.includes("--no-pager"))
    await (await import("./terminal/pager.ts")).page(text, process.env, write);
  else write(text);
  return 0;
}

function unknownCommand(name: string): UsageError {
  const ours = Object.hasOwn(OTHER_WORDS, name) ? OTHER_WORDS[name] : undefined;
  if (ours !== undefined) return new UsageError(`there is no \`aac ${name}\`: here this is \`${ours}\``);
  const near = nearest(
    name,
    COMMANDS.map((one) => one.name),
  );
  return new UsageError(
    `there is no command \`${name}\`${near === undefined ? "" : `: did you mean \`aac ${near}\`?`}`,
    "aac --help lists the commands",
  );
}

function parse(
  spec: CommandSpec,
  argv: readonly string[],
): { args: string[]; options: Record<string, unknown> } {
  const options = [...spec.options, ...COMMON];
  for (const word of ownWords(spec, options, argv)) {
    if (word === "--") break;
    const flag = word.split("=")[0] ?? "";
    const known = options.some((one) => one.flags.split(/[ ,]+/).includes(flag));
    if (!known && Object.hasOwn(OTHER_FLAGS, flag)) {
      throw new UsageError(
        `\`${flag}\` is a word of another tool: here this is \`${OTHER_FLAGS[flag] ?? ""}\``,
        `aac ${spec.name} --help lists the options`,
      );
    }
  }
  const command = new Command(spec.name)
    .helpOption(false)
    .exitOverride()
    .argument("[args...]")
    .configureOutput({ writeErr: () => undefined });
  if (spec.passThrough === true) command.passThroughOptions();
  for (const option of options) command.addOption(optionOf(option));
  command.parse([...argv], { from: "user" });
  return { args: command.args, options: command.opts() };
}

function optionOf(option: OptionSpec): Option {
  const made = new Option(option.flags, option.about);
  if (option.choices !== undefined) made.choices([...option.choices]);
  if (option.repeats === true)
    made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (option.preset !== undefined) made.default(option.preset);
  return made;
}

function report(error: unknown): number {
  if (isSaid(error)) return error.exit;
  if (isUsageError(error)) {
    complain(`error: ${error.message}\n${error.hint === undefined ? "" : `  = ${error.hint}\n`}`);
    return 2;
  }
  if (error instanceof CommanderError) {
    // Commander words it well, and finds what was nearly typed.
    complain(`${error.message.replace(/\.$/, "").replace(/\n\((.*)\)/, "\n  = $1")}\n`);
    return 2;
  }
  const fault = worldFault(error);
  if (fault !== undefined) {
    complain(`error: ${fault.message}\n  = ${fault.repair}\n`);
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(
    `error: aac failed, and that is a fault of aac, not of your files\n${stack}\n  = version ${version}, node ${process.version}, ${process.platform}\n`,
  );
  return 1;
}
