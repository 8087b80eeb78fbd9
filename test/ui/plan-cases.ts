import { diagnostic } from "../../src/model/diagnostic.ts";
import type { Change, Cost, FieldChange, Plan, PlanReport, Reason } from "../../src/model/plan.ts";
import type { Fields, Observed, Resource } from "../../src/model/resource.ts";

/** Plans as the presenters get them, for the tests of each of them. */

type Parts = Partial<Resource> & Partial<Observed>;

function object(agent: string, kind: string, more: Parts = {}): Resource & Observed {
  const name = more.name ?? "main";
  return {
    id: `${agent}/${kind}/${name}`,
    agent,
    kind,
    name,
    after: [],
    follows: [],
    exchange: "stop first",
    fields: {},
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    written: {},
    origin: "here",
    identity: "1",
    ...more,
  };
}

export function create(agent: string, kind: string, more: Parts = {}, is: "new" | "missing" = "new"): Change {
  const resource = object(agent, kind, more);
  return { is: "create", id: resource.id, resource, because: [{ is }] };
}

export function keep(agent: string, more: Parts = {}): Change {
  const before = object(agent, "process", more);
  const { hold } = before;
  return { is: "keep", id: before.id, before, ...(hold === undefined ? {} : { held: hold }) };
}

function gone(agent: string, kind: string, more: Parts = {}, reason: Reason["is"] = "destroy"): Change {
  const before = object(agent, kind, more);
  const costs: Cost = { order: "gone", dependants: [], losesData: before.holdsData };
  const because: Reason = reason === "destroy" ? { is: "destroy" } : { is: "no longer in the files" };
  return { is: "delete", id: before.id, before, because: [because], costs };
}

export function field(
  path: string,
  from: unknown,
  to: unknown,
  more: Partial<FieldChange> = {},
): FieldChange {
  return {
    path,
    ...(from === undefined ? {} : { from: from as string }),
    ...(to === undefined ? {} : { to: to as string }),
    secret: false,
    origin: "edit",
    ...more,
  };
}

export function change(
  is: "update" | "replace",
  agent: string,
  kind: string,
  fields: readonly FieldChange[],
  more: Parts & { readonly because?: readonly Reason[]; readonly costs?: Partial<Cost> } = {},
): Change {
  const { because, costs, ...parts } = more;
  const one = object(agent, kind, parts);
  return {
    is,
    id: one.id,
    resource: one,
    before: one,
    because:
      because ??
      fields.map(({ path, at }) => ({ is: "edited", path, ...(at === undefined ? {} : { at }) }) as const),
    fields,
    costs: {
      order: is === "update" ? "in place" : "stop first",
      dependants: [],
      losesData: is === "replace" && one.holdsData,
      ...costs,
    },
  };
}

const line = (number: number, file = "agent.yaml") => ({ file, line: number });

export function report(
  changes: readonly Change[],
  more: Partial<PlanReport> & { readonly plan?: never } = {},
  plan: Partial<Plan> = {},
): PlanReport {
  return {
    project: "desk",
    target: "local-process",
    where: "",
    plan: { changes, outside: 0, refusals: [], ...plan },
    preflight: [],
    warnings: [],
    notes: [],
    destroy: false,
    next: "aac apply",
    ...more,
  };
}

const CANNOT = "a running process cannot change its arguments";
const ANA = { by: "ana", since: "02:14", what: "stopped" };
const argv: Fields = { command: ["python", "main.py"] };

/** A bit of everything: the plan to look at first. */
export const sample = report([
  change(
    "replace",
    "researcher",
    "process",
    [
      field("command/2", "--model=gpt-4", "--model=gpt-4o", { at: line(14), forces: CANNOT }),
      field("environment/LOG_LEVEL", "INFO", "DEBUG", { at: line(19) }),
      field("environment/OPENAI_API_KEY", undefined, undefined, { secret: true }),
      field("resources/limits/memory", "96Mi", "128Mi", { origin: "drift" }),
    ],
    {
      readyMs: [1800, 2100, 9000],
      because: [
        { is: "edited", path: "command/2", at: line(14) },
        { is: "edited", path: "environment/LOG_LEVEL", at: line(19) },
        { is: "secret rotated", path: "environment/OPENAI_API_KEY" },
        { is: "drifted", path: "resources/limits/memory", by: "outside aac" },
      ],
      costs: { dependants: ["chatbot"] },
    },
  ),
  change("update", "chatbot", "listener", [field("replicas", 2, 3, { at: line(27) })]),
  create("summarizer", "environment", { written: { name: line(41) } }),
  create("summarizer", "process", { fields: argv, written: { command: line(44) } }),
  ...["a", "b", "c", "d"].map((agent) => keep(agent)),
]);

const missingSecret = diagnostic(
  "AAC2201",
  { file: "agent.yaml", start: 8, end: 9 },
  "the secret `llm/api-key` is nowhere",
  { notes: ["looked in .aac/secrets/llm/api-key, then for LLM_API_KEY"] },
);

export const CASES: Readonly<Record<string, PlanReport>> = {
  "create one": report([create("alpha", "process", { fields: argv, written: { command: line(7) } })]),
  sample,
  "drift only": report([
    change("update", "alpha", "process", [field("limits/memory", "96Mi", "128Mi", { origin: "drift" })], {
      changedBy: "ana",
      because: [{ is: "drifted", path: "limits/memory", by: "ana" }],
    }),
    keep("beta"),
  ]),
  "no change": report([keep("alpha"), keep("beta")], { next: "aac status" }),
  "delete an agent": report([
    gone("old", "environment", {}, "no longer in the files"),
    gone("old", "process", {}, "no longer in the files"),
    keep("alpha"),
  ]),
  "data loss": report([
    change(
      "replace",
      "vault",
      "volume",
      [field("size", "2Gi", "1Gi", { forces: "a volume cannot shrink" })],
      {
        name: "data",
        holdsData: true,
      },
    ),
    change("replace", "vault", "process", [], { because: [{ is: "follows", id: "vault/volume/data" }] }),
  ]),
  refusal: report(
    [gone("old", "process", { protect: true }, "no longer in the files"), keep("alpha")],
    {},
    {
      refusals: [
        { is: "protected", id: "old/process/main", wanted: "delete" },
        { is: "more than half", agents: 2, of: 3 },
      ],
    },
  ),
  "data refusal": report(
    [
      change(
        "replace",
        "vault",
        "volume",
        [field("mode", "Once", "Many", { forces: "a volume keeps what it was made with" })],
        { name: "data", holdsData: true, protect: true },
      ),
      gone("old", "volume", { name: "data", holdsData: true, protect: true }, "no longer in the files"),
      keep("alpha"),
    ],
    {},
    {
      refusals: [
        { is: "protected", id: "vault/volume/data", wanted: "replace" },
        { is: "protected", id: "old/volume/data", wanted: "delete" },
      ],
    },
  ),
  held: report([keep("alpha"), keep("beta", { hold: ANA }), create("gamma", "process")], {}, { outside: 3 }),
  destroy: report(
    [
      gone("alpha", "volume", { name: "data", holdsData: true }),
      gone("alpha", "process"),
      gone("beta", "environment"),
      gone("beta", "process"),
    ],
    { destroy: true, next: "aac destroy --yes" },
  ),
  "secrets rotated": report([
    change(
      "replace",
      "alpha",
      "process",
      [field("environment/API_KEY", undefined, undefined, { secret: true, forces: "nor its variables" })],
      { because: [{ is: "secret rotated", path: "environment/API_KEY" }] },
    ),
  ]),
  "preflight error": report([create("alpha", "process")], {
    where: "ana on box",
    preflight: [missingSecret],
    warnings: [diagnostic("AAC2409", undefined, "port 8080 is open to the network")],
    notes: ["the supervisor does not run: apply starts it"],
    saved: { file: "desk.plan.json", objects: 1 },
    next: "aac apply desk.plan.json",
  }),
  "code changed": report([
    change(
      "replace",
      "alpha",
      "process",
      [
        field("code/src/main.py", "v1:aa", "v1:bb", {
          forces: "a running process keeps the code it began with",
        }),
        field("code/new.py", undefined, "v1:cc", {
          forces: "a running process keeps the code it began with",
        }),
        field("ports/8080/tcp", 8080, undefined, { origin: "both", at: line(9) }),
      ],
      {
        because: [{ is: "code changed" }, { is: "edited", path: "ports/8080/tcp" }],
        costs: { order: "start first" },
      },
    ),
    create("alpha", "listener", {}, "missing"),
  ]),
};
