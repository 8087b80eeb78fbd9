import type { CommandSpec } from "./command.ts";
import { APPLYING, CHOICE, LIVE_FILE, PLACE, PLACE_TARGET, READING } from "./options.ts";

const named = (flag: string) => (one: { readonly flags: string }) => one.flags.startsWith(flag);
const isAny = (flags: readonly string[]) => (one: { readonly flags: string }) =>
  flags.some((flag) => named(flag)(one));

export const ROLLBACK: CommandSpec = {
  name: "rollback",
  usage: "[REV]",
  about: "plan to go back to what stood before, ask, do it, and hold it there",
  examples: [
    ["aac rollback", "to the revision before this one"],
    ["aac rollback 7 --reason 'the new prompt talks nonsense'", "to revision 7: aac history lists them"],
    ["aac rollback 7 --target-agent chatbot --yes", "one agent, and what it needs"],
  ],
  options: [
    { flags: "--reason <text>", about: "why, for whoever comes next" },
    { flags: "--no-hold", about: "the next apply may do as the files say" },
    LIVE_FILE,
    PLACE_TARGET,
    ...APPLYING.filter((one) => !isAny(["--attach", "--watch"])(one)),
    ...CHOICE.filter(isAny(["--target-agent", "--exclude", "--release"])),
    ...PLACE,
    ...READING.filter(isAny(["--set", "--env-file"])),
  ],
  load: () => import("../commands/rollback.ts"),
};
