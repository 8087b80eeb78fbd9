import { COMMANDS, COMMON, type CommandSpec, GROUPS, type OptionSpec } from "./table.ts";

/** Examples first: most people want the line that they can copy. */
export function helpFor(command: CommandSpec): string {
  const lines = [`aac ${command.name} ${command.usage}`.trimEnd(), `  ${command.about}`, ""];
  if (command.examples.length > 0) {
    lines.push("Examples", ...columns(command.examples), "");
  }
  if (command.options.length > 0) lines.push("Options", ...columns(command.options.map(row)), "");
  lines.push("Everywhere", ...columns(COMMON.map(row)), "");
  return lines.join("\n");
}

function row(option: OptionSpec): readonly [string, string] {
  const choices = option.choices === undefined ? "" : `: ${option.choices.join(", ")}`;
  const preset = option.preset === undefined ? "" : ` (${option.preset})`;
  return [option.flags, `${option.about}${choices}${preset}`];
}

/** `aac` alone fits a screen. */
export function overview(): string {
  const coming = COMMANDS.filter((one) => one.load === undefined).map((one) => one.name);
  return [
    "aac: agents as code",
    "",
    ...columns([
      ["aac init weather-desk", "start an agent"],
      ["aac plan", "what would change"],
      ["aac apply", "make it so, and wait until it is ready"],
    ]),
    ...GROUPS.flatMap(({ title, commands }) => [
      "",
      title,
      ...columns(
        [...Map.groupBy(commands, ({ together, about }) => together ?? about)].map(([about, all]) => [
          all
            .map(({ name }) => name)
            .join(", ")
            .padEnd(8),
          about,
        ]),
      ),
    ]),
    "",
    `Not built yet: ${coming.join(", ")}`,
    "aac COMMAND --help says more; aac completion brings TAB to your shell.",
    "",
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(56, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
}
