/** Amounts as the server keeps them, each in one spelling only: `1024Mi` and `1Gi` are the same text here. */

const AMOUNT = /^([0-9]+)(?:\.([0-9]*))?(?:(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?[0-9]{1,2}))?$/;

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["", "k", "M", "G", "T", "P", "E"];

/** The shortest exact text of an amount; what is none, or finer than thousandths, stays as it is. */
export function canonicalAmount(text: string): string {
  const thousandths = parse(text);
  if (thousandths === undefined) return text;
  if (thousandths % 1000n !== 0n) return `${thousandths}m`;
  const whole = thousandths / 1000n;
  const binary = shortened(whole, 1024n, BINARY);
  const decimal = shortened(whole, 1000n, DECIMAL);
  return decimal.length < binary.length ? decimal : binary;
}

/** Thousandths of a core. */
export const cpuAmount = (millis: number): string => canonicalAmount(`${millis}m`);
export const byteAmount = (bytes: number): string => canonicalAmount(String(bytes));

function parse(text: string): bigint | undefined {
  const match = AMOUNT.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", unit = "", exponent = "0"] = match;
  const power = BigInt(exponent) + (unit === "m" ? -3n : 0n) + 3n - BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * factor(unit);
  if (power >= 0n) return scaled * 10n ** power;
  const divisor = 10n ** -power;
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

function factor(unit: string): bigint {
  const binary = BINARY.indexOf(unit);
  if (binary >= 0) return 1024n ** BigInt(binary);
  return unit === "m" ? 1n : 1000n ** BigInt(DECIMAL.indexOf(unit));
}

function shortened(amount: bigint, step: bigint, units: readonly string[]): string {
  let rest = amount;
  let at = 0;
  while (rest !== 0n && rest % step === 0n && at + 1 < units.length) {
    rest /= step;
    at++;
  }
  return `${rest}${units[at] ?? ""}`;
}
