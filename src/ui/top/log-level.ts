export type Level = "error" | "warn" | "other";

/** Where a line says its level itself, that holds: `level=info msg="0 errors"` is no error. */
const SAID =
  /(?:\blevel\s*=\s*"?|"(?:level|severity|levelname|log\.level)"\s*:\s*"?)([a-z]+|\d{1,3})\b|^\W{0,3}(?:\S{1,40}[T ]\S{1,40}\s{1,4})?[[(]?(trace|debug|info|notice)\b/i;
const ERRORS = /(?:error|exception)\b|\b(?:fatal|panic|critical|traceback)\b/i;
const WARNS = /\bwarn(?:ing)?\b/i;
/** Levels stand at the beginning of a line, and one may have 64 KiB. */
const LOOKED = 2000;

export function levelOf(text: string): Level {
  const looked = text.length > LOOKED ? text.slice(0, LOOKED) : text;
  const said = SAID.exec(looked);
  if (said !== null) return levelNamed((said[1] ?? said[2] ?? "").toLowerCase());
  if (ERRORS.test(looked)) return "error";
  return WARNS.test(looked) ? "warn" : "other";
}

function levelNamed(name: string): Level {
  // As numbers some loggers of Node write them: 40 warns, 50 and more are errors.
  const number = Number(name);
  if (Number.isInteger(number)) return number >= 50 ? "error" : number >= 40 ? "warn" : "other";
  if (/^(?:err|error|fatal|panic|crit|critical|alert|emerg|emergency)$/.test(name)) return "error";
  return name === "warn" || name === "warning" ? "warn" : "other";
}
