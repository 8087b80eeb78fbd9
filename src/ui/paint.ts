/** Colour only repeats what the words say: with `plainPaint` nothing is lost. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
  /** What is chosen: dark on light where the screen is light on dark. */
  readonly inverse: (text: string) => string;
  readonly underline: (text: string) => string;
  /** `agents/chatbot/agent.yaml:14`, which a terminal that can opens where somebody clicks it. */
  readonly place: (text: string) => string;
}

const same = (text: string): string => text;

/** Closed by the one attribute it set, so that one paint may stand inside another. */
const sgr = (on: number, off: number) => (text: string) =>
  text === "" ? "" : `\u001B[${on}m${text}\u001B[${off}m`;

export const plainPaint: Paint = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  blue: same,
  green: same,
  cyan: same,
  inverse: same,
  underline: same,
  place: same,
};

export const colourPaint: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  yellow: sgr(33, 39),
  blue: sgr(34, 39),
  green: sgr(32, 39),
  cyan: sgr(36, 39),
  inverse: sgr(7, 27),
  underline: sgr(4, 24),
  place: same,
};

const PLACE = /^([^\s:][^:\n]*):(\d+)(?::(\d+))?$/;

/** The same paint for a terminal that knows links. What is no place of a file stays text. */
export function linked(paint: Paint, urlOf: (file: string, line: number, column: number) => string): Paint {
  return {
    ...paint,
    place: (text) => {
      const [, file, line, column] = PLACE.exec(text) ?? [];
      if (file === undefined) return text;
      return `\u001B]8;;${urlOf(file, Number(line), Number(column ?? 1))}\u001B\\${text}\u001B]8;;\u001B\\`;
    },
  };
}
