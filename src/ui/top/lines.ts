import type { Paint } from "../paint.ts";
import { flat } from "../visible.ts";
import type { Seen } from "./changes.ts";
import { clockWords } from "./times.ts";

export interface LineLook {
  readonly offsetMinutes: number;
  /** Read aloud: an arrow is a word. */
  readonly isSpoken: boolean;
  readonly paint: Paint;
}

/** `14:02:11 chatbot: ready → backoff, next try in 4s` */
export function changeLine({ at, key, agent, text, well }: Seen, look: LineLook): string {
  const { paint } = look;
  const name = flat(key.endsWith(".0") ? agent : key);
  const said = look.isSpoken ? text.replaceAll(" → ", " to ") : text;
  return `${paint.dim(clockWords(at, look.offsetMinutes))} ${paint.bold(name)}: ${well ? said : paint.red(said)}`;
}

export function troubleLine(text: string, at: string, { offsetMinutes, paint }: LineLook): string {
  return `${paint.dim(clockWords(at, offsetMinutes))} ${paint.yellow(flat(text))}`;
}
