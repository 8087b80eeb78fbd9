import type { CommandSpec } from "./command.ts";

/** Commands about the commands. */
export const ABOUT_SHELL: readonly CommandSpec[] = [
  {
    name: "help",
    usage: "[TOPIC]",
    about: "what a command does, what exit codes mean; also as a man page or Markdown",
    examples: [
      ["aac help apply", "examples and options of one command"],
      ["aac help exit-codes", "what each exit code means"],
      ["aac help plan -o man | man -l -", "the manual page of `aac plan`"],
      ["aac help --all -o markdown", "the reference of all commands"],
    ],
    options: [
      {
        flags: "-o, --output <form>",
        about: "how to print it",
        choices: ["text", "man", "markdown"],
        preset: "text",
      },
      { flags: "--all", about: "all commands" },
    ],
    paged: true,
    load: () => import("../commands/help.ts"),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish|powershell",
    about: "the script with which TAB completes commands, flags, agents and files",
    examples: [
      ["source <(aac completion bash)", "in ~/.bashrc"],
      ["source <(aac completion zsh)", "in ~/.zshrc, after compinit"],
      ["aac completion fish | source", "in ~/.config/fish/config.fish"],
      ["aac completion powershell | Out-String | Invoke-Expression", "in $PROFILE"],
    ],
    options: [],
    load: () => import("../commands/completion.ts"),
  },
  {
    name: "version",
    usage: "",
    about: "what this is",
    examples: [["aac version -o json", "for a bug report"]],
    options: [
      { flags: "-o, --output <form>", about: "how to print it", choices: ["text", "json"], preset: "text" },
    ],
    load: () => import("../commands/version.ts"),
  },
];
