/** Which names look as if they held a secret, and which texts look as if they were one. */
const WORDS = new Set([
  "key",
  "token",
  "secret",
  "password",
  "passwd",
  "pwd",
  "credential",
  "credentials",
  "apikey",
]);
/** Names with such a word that hold no secret. */
const HARMLESS =
  /(?:^|_)(?:public_key|key_id|key_name|key_file|key_path|token_limit|max_token|secret_name|secret_key_name|primary_key|partition_key|sort_key|cache_key|key_prefix)$/;

/** Most names are asked about, and few have any of the words anywhere in them. */
const ANY = /key|token|secret|passw|pwd|credential/i;

export function looksSecret(name: string): boolean {
  if (!ANY.test(name)) return false;
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  if (HARMLESS.test(snake)) return false;
  return snake.split("_").some((word) => WORDS.has(word));
}

/** Beginnings that issuers give to real keys, so that scanners find them. */
const PREFIX =
  /^(?:sk-[A-Za-z0-9_-]{16,}|sk_(?:live|test)_|pk_live_|rk_live_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA[0-9A-Z]{12,}|ASIA[0-9A-Z]{12,}|AIza[0-9A-Za-z_-]{20,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{20,}|eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN )/;
const PLACEHOLDER =
  /^(?:$|<.*>|\*+|x{3,}|\.{3,}|(?:your|my|the|some|an?|insert|replace|put|enter|add)[-_ ].*|change[-_ ]?me.*|.*placeholder.*|example.*|dummy.*|fake.*|test|todo|tbd|none|null|secret|password|token|key|api[-_]?key)$/i;

export type Literal = "real" | "placeholder" | "plain";

/** What a literal under a secret-looking name is. Entropy decides where no prefix does. */
export function judgeLiteral(text: string): Literal {
  if (PREFIX.test(text)) return "real";
  if (PLACEHOLDER.test(text) || /^(?:sk|pk|key)-?(?:\.\.\.|x+)$/i.test(text)) return "placeholder";
  if (/^(?:true|false|\d{1,6})$/i.test(text)) return "plain";
  if (text.length >= 12 && !/\s/.test(text) && entropy(text) >= 3.2) return "real";
  return text.length >= 8 && /[0-9]/.test(text) && /[A-Za-z]/.test(text) && !/[\s/]/.test(text)
    ? "real"
    : "plain";
}

/** A text that is a real key wherever it stands. */
export function isKnownKey(text: string): boolean {
  return PREFIX.test(text);
}

/** `scheme://user:password@host`: the password, if one is written out. */
export function passwordInUrl(text: string): string | undefined {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/.exec(text);
  const password = match?.[1];
  return password === undefined || password.includes("${") ? undefined : password;
}

/** Bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** `?token=…` in an address: the name of the part that holds a secret, if one is written out. */
export function secretInQuery(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return undefined;
  for (const [, name = "", value = ""] of text.matchAll(/[?&]([\w.-]+)=([^&#\s]+)/g)) {
    if (looksSecret(name) && !value.includes("${") && judgeLiteral(value) === "real") return name;
  }
  return undefined;
}
