import type { Report } from "../../model/report.ts";
import { type HumanOptions, human } from "./human.ts";

/** The whole output, with a line break at its end. Only `human` looks at the options. */
export type Reporter = (report: Report, options: HumanOptions) => string;

export type Format = "human" | "json" | "sarif" | "github" | "junit";

/** Each but the usual one loads its file when it is asked for: a check for people never reads the code of SARIF. */
export const FORMATS: Readonly<Record<Format, () => Promise<Reporter>>> = {
  human: () => Promise.resolve(human),
  json: () => import("./json.ts").then((file) => file.json),
  sarif: () => import("./sarif.ts").then((file) => file.sarif),
  github: () => import("./github.ts").then((file) => file.github),
  junit: () => import("./junit.ts").then((file) => file.junit),
};

export function isFormat(text: string): text is Format {
  return Object.hasOwn(FORMATS, text);
}
