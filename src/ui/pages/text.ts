import type { Code } from "../../model/codes.ts";
import { agent, named, type Page } from "./page.ts";

const region = (value: string): string => agent("environment:", "  - name: REGION", `    value: ${value}`);
const staged = agent().concat("profiles:\n  staging:\n    logging: {level: debug}\n");

/** 10xx: the text of a file and its shape. */
export const text = {
  AAC1001: {
    why: [
      "The text breaks a rule of YAML, so nothing after this place can be trusted.",
      "Mostly a bracket or a quote was not closed, or a line is indented by the wrong number of spaces.",
      "Look at the marked line and at the one above it.",
    ],
    wrong: agent("command: [python, main.py"),
    right: agent("command: [python, main.py]"),
  },
  AAC1002: {
    why: [
      "One map holds the same key two times.",
      "Most readers keep one of the two without a word, and not all of them the same one.",
      "Keep the one that is meant.",
    ],
    wrong: agent("args: [--careful]", "args: [--fast]"),
    right: agent("args: [--careful]"),
  },
  AAC1003: {
    why: ["Something is missing that no default can stand for.", "Write the key that is named."],
    wrong: "apiVersion: agent.dev/v1\nkind: Agent\nspec:\n  runtime: python\n",
    right: agent(),
  },
  AAC1004: {
    why: [
      "The format has no such key here: it is misspelt, stands in the wrong place, or comes from another tool.",
      "It is refused because a key that is passed over in silence looks as if it worked.",
      "Take the key that is suggested; keys of your own stand at the top and begin with `x-`.",
    ],
    wrong: agent("ports: [{container: 8080}]", "healthChek: {path: /health}"),
    right: agent("ports: [{container: 8080}]", "healthCheck: {path: /health}"),
  },
  AAC1005: {
    why: [
      "The key is right, but its value is of another kind: a text instead of a list, for example.",
      "Write the kind that is named.",
    ],
    wrong: agent("args: --fast"),
    right: agent("args: [--fast]"),
  },
  AAC1006: {
    why: [
      "This key takes one of a few words, and this is none of them.",
      "Choose one of those that are listed.",
    ],
    wrong: named("writer", "runtime: pyton"),
    right: named("writer", "runtime: python"),
  },
  AAC1007: {
    why: [
      "The value is text, as it should be, but not of the form that this key takes.",
      "Durations carry their unit (30s), amounts of memory stand without a space (512Mi), names are small letters.",
    ],
    wrong: agent("resources:", "  limits: {memory: 512 MB}"),
    right: agent("resources:", "  limits: {memory: 512MB}"),
  },
  AAC1008: {
    why: [
      "The number is smaller or larger than this key can hold.",
      "The message names the limit; a port, for example, is 1 to 65535.",
    ],
    wrong: agent("ports: [{container: 80800}]"),
    right: agent("ports: [{container: 8080}]"),
  },
  AAC1009: {
    why: [
      "A list or a text has too few entries, too many, or the same one twice.",
      "An empty list seldom means anything: leave the key out.",
    ],
    wrong: agent("command: []"),
    right: agent("command: [python, main.py]"),
  },
  AAC1010: {
    why: ["A file that was named is not there, or may not be read.", "Check the path and its permissions."],
    note: "This is about the file itself, so no text shows it.",
  },
  AAC1011: {
    why: [
      "The file holds bytes that are not UTF-8, or a control character.",
      "They are never repaired: what is run would differ from what a reviewer read.",
      "Save the file as UTF-8 and remove the character.",
    ],
    note: "Bytes of this kind cannot be shown in a terminal.",
  },
  AAC1012: {
    why: [
      "The file is larger than 1 MiB, or one document holds more than 100000 values.",
      "An agent takes a few kilobytes: most likely another file was named.",
      "Name the right one, or split it.",
    ],
    note: "An example would be longer than 1 MiB.",
  },
  AAC1013: {
    why: [
      "Lists and maps stand inside each other more than 64 levels deep.",
      "No agent needs that; files like it are made to exhaust the programs that read them.",
      "Flatten the value, or keep it in a file of its own.",
    ],
    wrong: agent(
      "config:",
      "  matrix:",
      `    ${"[".repeat(34)}`,
      `    ${"[".repeat(34)}`,
      `    ${"]".repeat(34)}`,
      `    ${"]".repeat(34)}`,
    ),
    right: agent("config:", "  matrix: [[1, 0], [0, 1]]"),
  },
  AAC1014: {
    why: [
      "Aliases (`*name`) repeat what an anchor (`&name`) marks, and here they go round in a circle or grow without end.",
      "A few lines could so fill all memory.",
      "Write the part out where it is needed.",
    ],
    wrong: agent("config:", "  tree: &tree", "    left: *tree"),
    right: agent("config:", "  tree:", "    left: &leaf {size: 1}", "    right: *leaf"),
  },
  AAC1015: {
    why: [
      "`__proto__`, `constructor` and `prototype` have a meaning of their own in some programs.",
      "As keys they could make a program that reads them misbehave.",
      "Choose another name.",
    ],
    wrong: agent("config:", "  constructor: acme"),
    right: agent("config:", "  builder: acme"),
  },
  AAC1016: {
    why: [
      "A YAML tag (`!!int`, `!Ref`) changes the type of a value, and can make some readers run code.",
      "None is read here.",
      "Remove the tag; where text is meant, write quotes.",
    ],
    wrong: agent("config:", '  retries: !!int "3"'),
    right: agent("config:", "  retries: 3"),
  },
  AAC1017: {
    why: [
      "A `%YAML` line asks for another version of YAML.",
      "`no`, `on`, `012` and `12:30` would then mean something else in this one file.",
      "Remove the line: every file is read as YAML 1.2.",
    ],
    wrong: `%YAML 1.1\n---\n${agent()}`,
    right: agent(),
  },
  AAC1018: {
    why: [
      "The file, or one document between two lines of `---`, holds nothing but comments.",
      'An empty file is never read as "delete everything".',
      "Write an agent, or remove the document.",
    ],
    wrong: `${agent()}---\n# the next one comes here\n`,
    right: agent(),
  },
  AAC1019: {
    why: [
      "A list, a map or nothing at all stands where a key belongs.",
      "Keys are text: write a word before the `:`.",
    ],
    wrong: agent("config:", "  [red, blue]: 2"),
    right: agent("config:", "  red-blue: 2"),
  },
  AAC1020: {
    why: [
      "The text holds a character that takes no room, or that turns the direction of writing.",
      "What a reviewer sees is then not what is run.",
      "Type the word anew instead of copying it.",
    ],
    wrong: agent("config:", "  re\u200Bgion: eu"),
    right: agent("config:", "  region: eu"),
    note: "Both examples look alike; the wrong one holds a space of no width between `re` and `gion`.",
  },
  AAC1021: {
    why: [
      "Two of agent.yaml, agent.yml, Agent.yaml and Agent.yml stand in one folder.",
      "Nobody could tell which one holds the agent.",
      "Keep one; for several agents in a folder, name them NAME.agent.yaml.",
    ],
    wrong: { "agent.yaml": agent(), "agent.yml": named("reader", "runtime: go") },
    right: { "writer.agent.yaml": agent(), "reader.agent.yaml": named("reader", "runtime: go") },
  },
  AAC1022: {
    why: [
      "There is no agent file where one was looked for.",
      "Agents are found in agent.yaml and in NAME.agent.yaml; other files have to be named with -f.",
      "Rename the file, check the folder, or make one: aac init NAME.",
    ],
    wrong: { "writer.yaml": agent() },
    right: { "writer.agent.yaml": agent() },
  },
  AAC1023: {
    why: [
      "The files that were named hold more than 100000 agents.",
      "That is surely more than was meant: name fewer files.",
    ],
    note: "An example would need 100001 agents.",
  },
  AAC1024: {
    why: [
      "`<<` puts the entries of another map in here, but what follows is no map.",
      "Mark a map with `&name` and write `<<: *name`.",
    ],
    wrong: agent("config:", "  fast: {<<: defaults, size: 2}"),
    right: agent("config:", "  defaults: &defaults {retries: 3}", "  fast: {<<: *defaults, size: 2}"),
  },
  AAC1025: {
    why: [
      "`rules` in .aac.yaml names a code that does not exist, or one whose level cannot be set.",
      "Faults that keep a file from being read at all stay errors whatever a project says.",
      "aac explain lists every code.",
    ],
    wrong: { ".aac.yaml": "rules:\n  AAC2499: off\n", "agent.yaml": agent() },
    right: { ".aac.yaml": "rules:\n  AAC2402: off\n", "agent.yaml": agent() },
  },
  AAC1031: {
    why: [
      "`kind` says what a document describes, and agents are all that is read so far.",
      "Write `kind: Agent`.",
    ],
    wrong: agent().replace("kind: Agent", "kind: Deployment"),
    right: agent(),
  },
  AAC1032: {
    why: ["Nothing under `spec` says what to run.", "Write one of `runtime`, `image`, `command` or `build`."],
    wrong: named("writer", "ports: [{container: 8080}]"),
    right: agent("ports: [{container: 8080}]"),
  },
  AAC1042: {
    why: [
      "YAML made a number, a truth value or a text of something that was meant otherwise.",
      "YAML 1.2 knows `true` and `false` alone; `yes` and `on` are text. Without quotes, 3.10 is the number 3.1.",
      "Write what the message suggests.",
    ],
    wrong: agent("security: {readOnlyRootFilesystem: yes}"),
    right: agent("security: {readOnlyRootFilesystem: true}"),
  },
  AAC1051: {
    why: [
      "A `${…}` is none of the forms that are read, or was not closed.",
      "There are ${NAME}, ${NAME:-default} and ${NAME:?message}; nothing is computed in them.",
      "For a dollar sign, write `$$`.",
    ],
    wrong: region('"${REGION:+eu-west}"'),
    right: region('"${REGION:-eu-west}"'),
  },
  AAC1052: {
    why: [
      "The text names a variable that has no value here.",
      "A check goes on without it, but a plan needs it.",
      "Give it by --set, --env-file, a `.env` beside the file or the environment, or write a default.",
    ],
    wrong: region("${REGION}"),
    right: region('"${REGION:-eu-west}"'),
  },
  AAC1053: {
    why: [
      "`${NAME:?message}` says that the agent cannot do without this variable, and it has no value.",
      "Give it by --set, --env-file, a `.env` beside the file or the environment.",
    ],
    wrong: region('"${REGION:?where the data lies}"'),
    right: { "agent.yaml": region('"${REGION:?where the data lies}"'), ".env": "REGION=eu-west\n" },
  },
  AAC1054: {
    why: [
      "A profile was chosen that no agent has.",
      "Without it everything would be applied as if no profile had been named.",
      "Check the name in --profile or .aac.yaml, or write the profile under `profiles`.",
    ],
    wrong: { ".aac.yaml": "profile: stagign\n", "agent.yaml": staged },
    right: { ".aac.yaml": "profile: staging\n", "agent.yaml": staged },
  },
  AAC1055: {
    why: [
      "A line of a variables file is no `NAME=value`.",
      "It would be passed over, and the variable would be missing without a word.",
      "Comments start with `#`; quotes around a value are taken off.",
    ],
    wrong: { "agent.yaml": region("${REGION}"), ".env": "REGION: eu-west\n" },
    right: { "agent.yaml": region("${REGION}"), ".env": "REGION=eu-west\n" },
  },
  AAC1060: {
    why: [
      "One file has so many problems that only the first 100 are shown.",
      "Mend these first: many of the others will be gone with them.",
    ],
    note: "An example would need more than 100 faults.",
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
