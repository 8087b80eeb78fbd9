/**
 * Text inside Markdown as GitHub and GitLab read it. What comes in is visible and on one line; what goes out
 * cannot end its cell, its line or its code, make a tag, a link, a picture, or call a person or an issue.
 */

/** A code span; where a backtick, a bar or a backslash stands in it, tables disagree on how: then a tag with numbers. */
export function code(text: string): string {
  if (text === "" || /[`|\\]/.test(text)) return htmlCode(text);
  return `\`${text}\``;
}

/** For lines that are read as HTML. Nobody is called by a name inside `<code>`. */
export function htmlCode(text: string): string {
  const numbers = text.replace(
    /[^A-Za-z0-9 /+,=()\u0080-\u{10FFFF}-]/gu,
    (char) => `&#${char.codePointAt(0) ?? 0};`,
  );
  return `<code>${numbers}</code>`;
}

/** A sentence of ours with names of theirs: what stands in backticks stays code, all else is only text. */
export function prose(text: string): string {
  return text
    .split(/((?<!`)`[^`]+`(?!`))/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : escapeText(part)))
    .join("");
}

function escapeText(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]|~#$]/g, "\\$&")
      .replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`)
      // A mention, an issue and a bare link are looked for after the escapes were taken away: these are parted.
      .replace(/@/g, "@&#8203;")
      .replace(/\\#/g, "\\#&#8203;")
      .replace(/\bGH-(?=\d)/gi, (prefix) => `${prefix}&#8203;`)
      .replace(/:\/\//g, ":&#8203;//")
      .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#8203;.`)
  );
}
