import type { Rule } from "../rule.ts";

/** Ranges that every provider documents. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  topP: [0, 1],
  presence_penalty: [-2, 2],
  frequency_penalty: [-2, 2],
};
const ABOVE_ZERO = new Set(["max_tokens", "maxTokens", "top_k", "topK", "num_ctx", "context_length"]);

export const modelRanges: Rule = {
  agent({ doc }, report) {
    const { model, models } = doc.value.spec;
    const settings = [
      ...Object.entries(model?.config ?? {}).map(([key, value]) => ({
        key,
        value,
        path: ["spec", "model", "config", key],
      })),
      ...(models ?? []).flatMap((one, i) =>
        Object.entries(one.config ?? {}).map(([key, value]) => ({
          key,
          value,
          path: ["spec", "models", i, "config", key],
        })),
      ),
    ];
    for (const { key, value, path } of settings) {
      if (typeof value !== "number") continue;
      const range = RANGES[key];
      const at = doc.at(path);
      if (range !== undefined && (value < range[0] || value > range[1])) {
        report("AAC2407", at, `\`${key}\` is ${value}; providers take ${range[0]} to ${range[1]}`, {
          notes: ["a request with it is refused, or the value is cut"],
        });
      } else if (ABOVE_ZERO.has(key) && value <= 0) {
        report("AAC2407", at, `\`${key}\` is ${value}; it has to be above 0`, {
          notes: ["a request with it is refused"],
        });
      }
    }
  },
};
