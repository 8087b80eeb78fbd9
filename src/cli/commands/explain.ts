import { nearest } from "../../base/nearest.ts";
import { type SchemaNode, schemaAt } from "../../document/schema-facts.ts";
import { CODES, isCode } from "../../model/codes.ts";
import { RUNTIMES } from "../../model/runtimes.ts";
import type { Path } from "../../model/source.ts";
import type { Example } from "../../ui/pages/page.ts";
import { BUILT, TARGETS } from "../../../targets/registry.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

export async function run(context: Context): Promise<number> {
  const [topic] = context.args;
  if (topic === undefined) context.out(index());
  else if (topic === "runtimes") context.out(runtimes());
  else if (/^aac-?\d+$/i.test(topic)) context.out(await code(topic.toUpperCase().replace("-", "")));
  else context.out(await field(topic));
  return 0;
}

function index(): string {
  const rows = Object.entries(CODES).map(
    ([name, [level, title]]) => `  ${name}  ${level.padEnd(8)} ${title}`,
  );
  return [
    "aac explain FIELD, such as spec.healthCheck · aac explain runtimes · aac explain CODE:",
    "",
    ...rows.sort(),
    "",
  ].join("\n");
}

function runtimes(): string {
  const rows = Object.entries(RUNTIMES).map(([name, one]) => [
    name,
    one.image || "yours",
    one.packages || "none",
    one.entry.join(" ") || "`command`, or the image's own",
  ]);
  const all = [["RUNTIME", "BASE IMAGE", "PACKAGES", "RUNS"], ...rows];
  const widths = [0, 1, 2].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return `${all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n\nAdd a version where it matters: \`runtime: python:3.12\`.\n`;
}

async function code(name: string): Promise<string> {
  if (!isCode(name)) {
    const near = nearest(name, Object.keys(CODES));
    throw new UsageError(
      `there is no code ${name}${near === undefined ? "" : `: did you mean ${near}?`}`,
      "aac explain lists them all",
    );
  }
  const { PAGES } = await import("../../ui/pages/index.ts");
  const page = PAGES[name];
  const [level, title] = CODES[name];
  return [
    `${name}: ${title} (${level})`,
    "",
    ...page.why,
    ...(page.note === undefined ? [] : ["", page.note]),
    ...(page.wrong === undefined ? [] : ["", "Wrong:", "", ...example(page.wrong)]),
    ...(page.right === undefined ? [] : ["", "Right:", "", ...example(page.right)]),
    "",
  ].join("\n");
}

function example(one: Example): string[] {
  const files: Readonly<Record<string, string>> = typeof one === "string" ? { "": one } : one;
  return Object.entries(files).flatMap(([path, text], i) => [
    ...(i > 0 ? [""] : []),
    ...(path === "" ? [] : [`  # ${path}`]),
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
  ]);
}

/** `healthCheck.interval` and `spec.ports[].container` alike. */
async function field(topic: string): Promise<string> {
  const steps: Path = topic
    .replaceAll(/\[\d*\]/g, ".0")
    .split(".")
    .filter((step) => step !== "")
    .map((step) => (step === "0" ? 0 : step));
  const found = [steps, ["spec", ...steps], ["metadata", ...steps]].find(
    (path) => lookUp(path) !== undefined,
  );
  const node = found === undefined ? undefined : lookUp(found);
  if (found === undefined || node === undefined) throw unknownField(steps);
  const name = found.map((step, i) => (step === 0 ? "[]" : i === 0 ? step : `.${step}`)).join("");
  const item = node.type === "array" ? itemOf(found) : undefined;
  const keys = Object.entries(node.properties ?? item?.properties ?? {});
  const targets = await carriedBy(found);
  return [
    `${name}: ${typeOf(node)}`,
    "",
    node.description ?? "",
    ...(node.default === undefined ? [] : [`Default: ${JSON.stringify(node.default)}`]),
    ...(node.enum === undefined ? [] : [`One of: ${node.enum.join(", ")}`]),
    ...(node.examples === undefined
      ? []
      : [
          "",
          ...node.examples.map(
            (one) =>
              `  ${String(found.findLast((step) => step !== 0))}: ${typeof one === "string" ? one : JSON.stringify(one)}`,
          ),
        ]),
    ...(keys.length === 0
      ? []
      : [
          "",
          "Holds:",
          ...keys.map(([key, inner]) => `  ${key.padEnd(28)} ${firstClause(inner.description ?? "")}`),
        ]),
    ...(targets.length === 0 ? [] : ["", ...targets]),
    "",
  ].join("\n");
}

/** Of a field below `spec`; of all of it at once nobody would read the answer. */
async function carriedBy(path: Path): Promise<readonly string[]> {
  const [first, ...steps] = path.filter((step) => step !== 0);
  if (first !== "spec" || steps.length === 0) return [];
  const { carried } = await import("../../ui/carried.ts");
  const targets = await Promise.all(
    TARGETS.flatMap((name) => {
      const load = BUILT[name];
      return load === undefined ? [] : [load().then(({ target }) => [name, target.support] as const)];
    }),
  );
  return carried(steps.join("."), targets);
}

function lookUp(path: Path): SchemaNode | undefined {
  const direct = schemaAt("agent", path);
  if (direct !== undefined || path.length < 2) return direct;
  // A list may be passed over: `ports.container` says what is meant.
  for (let i = path.length - 1; i > 0; i--) {
    const through = schemaAt("agent", [...path.slice(0, i), 0, ...path.slice(i)]);
    if (through !== undefined) return through;
  }
  return undefined;
}

const itemOf = (path: Path): SchemaNode | undefined => schemaAt("agent", [...path, 0]);

function typeOf(node: SchemaNode): string {
  const words: Readonly<Record<string, string>> = {
    string: "text",
    integer: "whole number",
    number: "number",
    boolean: "true or false",
    array: "list",
    object: "map",
  };
  if (node.oneOf !== undefined)
    return node.oneOf
      .map((one) => (one.const !== undefined ? `\`${String(one.const)}\`` : typeOf(one)))
      .filter((one, i, all) => all.indexOf(one) === i)
      .join(" or ");
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  const range =
    node.minimum === undefined
      ? ""
      : node.maximum === undefined
        ? ` from ${node.minimum}`
        : ` from ${node.minimum} to ${node.maximum}`;
  return `${words[node.type ?? ""] ?? "anything"}${range}`;
}

const firstClause = (text: string): string => shorten(text.split(/[;.](?:\s|$)/)[0] ?? "");

function unknownField(steps: Path): UsageError {
  const parent = steps.slice(0, -1);
  const last = String(steps.at(-1) ?? "");
  const holders = [parent, ["spec", ...parent]].map((path) =>
    path.length === 0 ? schemaAt("agent", []) : lookUp(path),
  );
  const near = nearest(
    last,
    holders.flatMap((one) => Object.keys(one?.properties ?? {})),
  );
  const name = steps.join(".").replaceAll(".0", "[]");
  const better = near === undefined ? "" : `: did you mean \`${[...parent, near].join(".")}\`?`;
  return new UsageError(`agent.yaml has no \`${name}\`${better}`, "aac explain spec lists what there is");
}

/** To whole words. */
function shorten(text: string): string {
  if (text.length <= 90) return text;
  return `${text.slice(0, text.lastIndexOf(" ", 88))} …`;
}
