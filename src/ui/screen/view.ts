import type { Paint } from "../paint.ts";

/**
 * What is shown on a terminal and answers keys, as two pure functions. Nothing here knows a terminal: the host
 * brings keys and sizes, and puts up the lines that come back.
 */
export interface View<State, Effect> {
  press(state: State, key: Key, size: Size): Turn<State, Effect>;
  /** At most as many lines as there are rows, none wider than the columns. */
  draw(state: State, size: Size, paint: Paint): readonly string[];
  /** The last frame has stood for a moment without a key: what is pressed from now on may answer what it asks. */
  stood?(state: State): State;
}

/** One key by name: `a`, `G`, `/`, `up`, `pagedown`, `enter`, `esc`, `space`, `tab`, `backspace`, `ctrl+c`. */
export type Key = string;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Turn<State, Effect> {
  readonly state: State;
  /** What somebody else has to do now: apply, leave, open an editor. */
  readonly does?: Effect;
}

/** Smaller than this nothing can be read: the same is said in plain lines then. */
export const SMALLEST: Size = { columns: 40, rows: 10 };

export const isTooSmall = ({ columns, rows }: Size): boolean =>
  columns < SMALLEST.columns || rows < SMALLEST.rows;
