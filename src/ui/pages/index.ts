import type { Code } from "../../model/codes.ts";
import { advice } from "./advice.ts";
import { oneAgent } from "./agent.ts";
import { commands } from "./commands.ts";
import type { Page } from "./page.ts";
import { secrets } from "./secrets.ts";
import { spellings } from "./spellings.ts";
import { targets } from "./targets.ts";
import { text } from "./text.ts";
import { severalAgents } from "./together.ts";

/** A page for each code: a code without one does not compile. */
export const PAGES: Readonly<Record<Code, Page>> = {
  ...text,
  ...spellings,
  ...oneAgent,
  ...severalAgents,
  ...secrets,
  ...targets,
  ...advice,
  ...commands,
};
