import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Digests } from "../model/system.ts";

export const digests: Digests = {
  sha256: (data) => createHash("sha256").update(data).digest("hex"),
  keyed: (key, text) => createHmac("sha256", key).update(text).digest("hex"),
  random: (bytes) => randomBytes(bytes).toString("hex"),
};
