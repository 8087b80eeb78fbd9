/** The tables of `/proc/net`, as text: who listens where. */

export interface Listening {
  /** 32 hexadecimal digits; an address of IPv4 is written as IPv6 holds it. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const MAPPED = "00000000000000000000ffff";
const ANY6 = "0".repeat(32);
const ANY4 = `${MAPPED}00000000`;
/** LISTEN; a socket of UDP that was bound and not connected has another number. */
const STATES = { tcp: "0A", udp: "07" } as const;

export function parseSockets(text: string, protocol: "tcp" | "udp"): readonly Listening[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [local = "", state, inode] = [fields[1], fields[3], fields[9]];
      const [address = "", port = ""] = local.split(":");
      if (state !== STATES[protocol] || inode === undefined) return [];
      return [{ address: fromKernel(address), port: Number.parseInt(port, 16), inode }];
    });
}

/** The kernel writes each 32 bits in the order of the machine: the last byte first on all that we run on. */
function fromKernel(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => (word.match(/../g) ?? []).toReversed().join("")).join("");
  return (bytes.length === 8 ? MAPPED + bytes : bytes).toLowerCase();
}

/**
 * Whether listening on `wanted` would collide with `held`. Whether an IPv6 wildcard also takes IPv4 cannot be seen,
 * so it counts as if it did: a port that is free but called taken is the smaller mistake.
 */
export function conflicts(held: string, wanted: string): boolean {
  return wantedAddresses(wanted).some((one) => {
    if (held === one || held === ANY6 || one === ANY6) return true;
    const bothV4 = held.startsWith(MAPPED) && one.startsWith(MAPPED);
    return bothV4 && (held === ANY4 || one === ANY4);
  });
}

function wantedAddresses(address: string): readonly string[] {
  if (address === "" || address === "*") return [ANY6];
  if (address === "localhost") return [expand("127.0.0.1"), expand("::1")];
  return [expand(address)];
}

/** All 32 digits of an address as people write it. */
export function expand(address: string): string {
  const plain = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!plain.includes(":")) return MAPPED + v4(plain);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  const tail = dotted === null ? undefined : v4(dotted[2] ?? "");
  const text = tail === undefined ? plain : `${dotted?.[1] ?? ""}${tail.slice(0, 4)}:${tail.slice(4)}`;
  const [head = "", end] = text.split("::");
  const before = groups(head);
  if (end === undefined) return before.join("");
  const after = groups(end);
  const gap = Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: gap }, () => "0000"), ...after].join("");
}

function groups(text: string): readonly string[] {
  return text === "" ? [] : text.split(":").map((one) => one.toLowerCase().padStart(4, "0"));
}

function v4(address: string): string {
  return address
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("");
}
