/** How wide text is on a screen, and how it is made to fit. Works on text that is visible and not yet painted. */

const ASCII = /^[\x20-\x7e]*$/;
/** Made when a text needs it: that takes as long as all else that a plan prints. */
let segmenter: Intl.Segmenter | undefined;
const MARK = /^(?:\p{Mn}|\p{Me})/u;
// East Asian wide and full width, and what is drawn as a picture unasked.
const WIDE =
  /^(?:[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]|.\uFE0F)/u;

function graphemesIn(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesIn(text)) width += graphemeWidth(segment);
  return width;
}

export function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** No wider than `width`; `…` stands where something is missing. */
export function cut(text: string, width: number): string {
  if (text.length <= width && ASCII.test(text)) return text;
  if (textWidth(text) <= width) return text;
  return `${splitAt(text, Math.max(0, width - 1))[0]}…`;
}

/**
 * Two values that differ, each cut to the width. Where they begin alike, the cut would show the same text twice:
 * then both begin shortly before they part.
 */
export function cutPair(from: string, to: string, left: number, right: number): readonly [string, string] {
  if (textWidth(from) <= left && textWidth(to) <= right) return [from, to];
  const a = graphemes(from);
  const b = graphemes(to);
  const width = Math.min(left, right);
  let alike = 0;
  while (alike < a.length && alike < b.length && a[alike] === b[alike]) alike++;
  const skipped = alike < Math.floor(width / 2) ? 0 : alike - Math.floor(width / 4);
  if (skipped === 0) return [cut(from, left), cut(to, right)];
  const rest = (chars: readonly string[]): string => `…${chars.slice(skipped).join("")}`;
  return [cut(rest(a), left), cut(rest(b), right)];
}

/** At spaces; a word that is too long for a line is broken, unless it must stay whole to be copied. */
export function wrap(text: string, width: number, breakWords = true): string[] {
  const room = Math.max(1, width);
  if (textWidth(text) <= room) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (textWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    if (!breakWords) continue;
    while (textWidth(line) > room) {
      const [head, tail] = splitAt(line, room);
      lines.push(head);
      line = tail;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Wrapped, with what stands before the first line and as much room before the others. */
export function hang(lead: string, text: string, width: number, breakWords = true): string[] {
  const indent = textWidth(lead);
  return wrap(text, Math.max(16, width - indent), breakWords).map((line, i) =>
    `${i === 0 ? lead : " ".repeat(indent)}${line}`.trimEnd(),
  );
}

/** At least one character, so that breaking comes to an end. */
function splitAt(text: string, width: number): readonly [string, string] {
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemesIn(text)) {
    const wide = graphemeWidth(segment);
    if (used + wide > width && (end > 0 || width === 0)) break;
    used += wide;
    end = index + segment.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

function graphemes(text: string): string[] {
  return Array.from(graphemesIn(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
