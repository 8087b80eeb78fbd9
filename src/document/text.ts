import { type Result, err, ok } from "../base/result.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";

const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
const BIDI = /[\u202A-\u202E\u2066-\u2069]/;

/** Bytes to text; anything but UTF-8 is refused, never repaired. */
export function decode(file: string, bytes: Uint8Array): Result<string, Diagnostic> {
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err(
      diagnostic("AAC1011", { file, start: 0, end: 0 }, "this file is not UTF-8 text", {
        notes: ['save it as UTF-8 (in most editors: "save with encoding")'],
      }),
    );
  }
}

/** Characters that no honest agent.yaml holds, anywhere, comments included: reviewers could not see them. */
export function checkText(file: string, text: string): Diagnostic[] {
  const control = CONTROL.exec(text);
  if (control !== null) {
    const at = { file, start: control.index, end: control.index + 1 };
    return [
      diagnostic("AAC1011", at, `the control character ${codePoint(control[0])} is not text`, {
        notes: ["remove it"],
      }),
    ];
  }
  const bidi = BIDI.exec(text);
  if (bidi !== null) {
    const at = { file, start: bidi.index, end: bidi.index + 1 };
    return [
      diagnostic(
        "AAC1020",
        at,
        `an invisible character ${codePoint(bidi[0])} changes the direction of the text here`,
        {
          notes: ["a reviewer would read something else than what is run", "remove it"],
        },
      ),
    ];
  }
  return [];
}

const codePoint = (text: string): string =>
  `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
