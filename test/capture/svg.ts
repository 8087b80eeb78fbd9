import type { Cell } from "../helpers/terminal.ts";

/** A screen as a picture that stays sharp: text as text, each run of equal cells where it stands. */

const CELL = { width: 8.4, height: 19 };
const PAD = 16;
const BAR = 34;

const INK = "#d8dee9";
const PAPER = "#171b24";
/** The sixteen of most terminals, told apart also by eyes that see no red or no green. */
const SIXTEEN = [
  "#3b4252",
  "#ef7a85",
  "#8fd18a",
  "#f0c674",
  "#7aa7f0",
  "#c79bf2",
  "#6fc3d6",
  "#e5e9f0",
  "#8a93a6",
  "#ff96a0",
  "#a9e3a4",
  "#ffd98f",
  "#9cc0ff",
  "#dbb8ff",
  "#93dcec",
  "#ffffff",
];

interface Look {
  readonly ink: string;
  readonly paper: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
}

export function svgOf(rows: readonly (readonly Cell[])[], title: string): string {
  const last = rows.findLastIndex((cells) => cells.some(({ text }) => text.trim() !== ""));
  const shown = rows.slice(0, last + 1);
  const columns = Math.max(...rows.map((cells) => cells.length));
  const width = Math.ceil(columns * CELL.width + 2 * PAD);
  const height = Math.ceil(shown.length * CELL.height + BAR + PAD);
  const words = shown
    .map((cells) =>
      cells
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    )
    .join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(words)}</desc>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${PAPER}"/>`,
    ...["#ef7a85", "#f0c674", "#8fd18a"].map(
      (colour, i) => `<circle cx="${PAD + 6 + i * 20}" cy="17" r="6" fill="${colour}"/>`,
    ),
    `<text x="${width / 2}" y="21" text-anchor="middle" font-family="system-ui, sans-serif" font-size="12" fill="#8a93a6">${escaped(title)}</text>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    ...shown.flatMap((cells, y) => row(cells, y)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function row(cells: readonly Cell[], y: number): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < cells.length; ) {
    const look = lookOf(cells[from]);
    let to = from + 1;
    while (to < cells.length && sameLook(lookOf(cells[to]), look)) to++;
    const text = cells
      .slice(from, to)
      .map((cell) => cell.text)
      .join("");
    const x = PAD + from * CELL.width;
    const top = BAR + y * CELL.height;
    const wide = (to - from) * CELL.width;
    if (look.paper !== undefined)
      parts.push(
        `<rect x="${round(x)}" y="${top}" width="${round(wide)}" height="${CELL.height}" fill="${look.paper}"/>`,
      );
    if (text.trim() !== "") parts.push(run(text, x, top + 14, wide, look));
    from = to;
  }
  return parts;
}

/** The length is said, so that another font than ours keeps the columns in line. */
function run(text: string, x: number, y: number, wide: number, look: Look): string {
  const style = [
    `fill="${look.ink}"`,
    ...(look.bold ? ['font-weight="bold"'] : []),
    ...(look.dim ? ['opacity="0.62"'] : []),
    ...(look.underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text x="${round(x)}" y="${y}" textLength="${round(wide)}" lengthAdjust="spacingAndGlyphs" ${style.join(" ")}>${escaped(text)}</text>`;
}

function lookOf(cell: Cell | undefined): Look {
  const ink = colour(cell?.colour) ?? INK;
  const paper = colour(cell?.background);
  const { bold = false, dim = false, inverse = false, underline = false } = cell ?? {};
  return inverse
    ? { ink: paper ?? PAPER, paper: ink, bold, dim: false, underline }
    : { ink, paper, bold, dim, underline };
}

const sameLook = (a: Look, b: Look): boolean =>
  a.ink === b.ink &&
  a.paper === b.paper &&
  a.bold === b.bold &&
  a.dim === b.dim &&
  a.underline === b.underline;

function colour(index: number | undefined): string | undefined {
  return index === undefined ? undefined : (SIXTEEN[index] ?? INK);
}

const round = (n: number): string => String(Math.round(n * 10) / 10);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
