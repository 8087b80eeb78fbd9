import { PROGRESS_KEYS } from "../../ui/apply/screen/keys.ts";
import { APPLYING, ASKING, LOOKING } from "../../ui/review/keys.ts";
import { keyLines, type KeyTable } from "../../ui/screen/keys.ts";
import { allKeys } from "../../ui/top/keys.ts";
import type { Section } from "./page.ts";

/** The screens of a command, by the tables that its footer and its help are made of. */
const SCREENS: Readonly<Record<string, readonly KeyTable[]>> = {
  apply: [APPLYING, ASKING, PROGRESS_KEYS],
  destroy: [APPLYING, ASKING, PROGRESS_KEYS],
  plan: [LOOKING],
  top: allKeys(false),
};

export const keySections = (command: string): readonly Section[] =>
  keyLines(SCREENS[command] ?? []).map(({ title, lines }) => ({
    title: `Keys: ${title.toLowerCase()}`,
    rows: lines.map(({ keys, about }) => [keys, about] as const),
  }));
