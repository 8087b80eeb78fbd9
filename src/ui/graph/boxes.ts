/** Boxes and lines between them as numbers: what a layout works on. */

export interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  /** How wide the words beside it are: they stand in the first gap that it crosses. */
  readonly words?: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  /** Left upper corner, by name, and how wide its column is. */
  readonly at: ReadonlyMap<string, Point & { readonly width: number }>;
  /** For each link, in the same order: where its line goes through, from the edge of one box to that of the other. */
  readonly lines: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

export interface Gaps {
  /** Between columns, where no words need more. */
  readonly across: number;
  readonly down: number;
}

/** A box, or a place where a long line passes a column that is not its own. */
export interface Cell {
  readonly name: string;
  readonly height: number;
  readonly isBox: boolean;
}
