import { COMMON, type CommandSpec, GROUPS, type OptionSpec } from "../table.ts";
import { ABOUT_SHELL } from "../table/shell.ts";
import { flagsOf } from "../table/flags.ts";
import { EXIT_CODES, FILES, VARIABLES } from "./general.ts";
import { keySections } from "./keys.ts";

/** A page of the manual before it is written down in any form; words in backquotes are to be typed. */
export interface Page {
  /** As a file: `aac-plan`. */
  readonly name: string;
  readonly about: string;
  /** `aac plan`, and what may follow it. */
  readonly synopsis: readonly [command: string, rest: string];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  /** What is typed, or named; and what it means. */
  readonly rows: readonly Row[];
}

export type Row = readonly [term: string, about: string];

const EVERYWHERE: Section = { title: "Everywhere", rows: COMMON.map(rowOf) };
const ALL: Section = { title: "See also", rows: [["aac(1)", "all commands, and what holds for each"]] };
const EXITS: Section = { title: "Exit status", rows: EXIT_CODES };

export const groups = (): readonly {
  readonly title: string;
  readonly commands: readonly CommandSpec[];
}[] => [...GROUPS, { title: "About aac", commands: ABOUT_SHELL }];

export function pageOf(command: CommandSpec): Page {
  return {
    name: `aac-${command.name}`,
    about: command.about,
    synopsis: [
      `aac ${command.name}`,
      [command.options.length > 0 ? "[OPTION…]" : "", command.usage].join(" ").trim(),
    ],
    sections: [
      { title: "Examples", rows: command.examples },
      { title: "Options", rows: command.options.map(rowOf) },
      ...keySections(command.name),
      EVERYWHERE,
      EXITS,
      ALL,
    ].filter(({ rows }) => rows.length > 0),
  };
}

export function overviewPage(): Page {
  return {
    name: "aac",
    about: "agents as code",
    synopsis: ["aac", "COMMAND [OPTION…] [ARGUMENT…]"],
    sections: [
      ...groups().map(({ title, commands }) => ({
        title,
        rows: commands.map(({ name, about }): Row => [`aac ${name}`, about]),
      })),
      EVERYWHERE,
      EXITS,
      { title: "Environment", rows: VARIABLES },
      { title: "Files", rows: FILES },
      {
        title: "See also",
        rows: [
          ["aac-COMMAND(1)", "one command, with its examples and options"],
          ["aac-exit-codes(1)", "exit codes alone"],
        ],
      },
    ],
  };
}

export const exitCodesPage = (): Page => ({
  name: "aac-exit-codes",
  about: "what the exit codes of aac mean",
  synopsis: ["aac", "COMMAND; echo $?"],
  sections: [EXITS],
});

function rowOf(option: OptionSpec): Row {
  const { short, long, value } = flagsOf(option);
  const flags = [short, long].filter((one) => one !== undefined).join(", ");
  const choices =
    option.choices === undefined ? "" : `: ${option.choices.map((one) => `\`${one}\``).join(", ")}`;
  const preset = option.preset === undefined ? "" : `; \`${option.preset}\` without it`;
  return [value === undefined ? flags : `${flags} ${value}`, `${option.about}${choices}${preset}`];
}
