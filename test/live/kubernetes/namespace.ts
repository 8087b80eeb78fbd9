import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Applied, apply } from "../../../src/apply/apply.ts";
import type { Json } from "../../../src/base/canonical.ts";
import { hereOf } from "../../../src/cli/project/place.ts";
import { learn, outsideOf, secretsOf, writtenIn } from "../../../src/cli/plans/prepare.ts";
import { load } from "../../../src/cli/project/project.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Facts } from "../../../src/model/facts.ts";
import type { Change, Plan } from "../../../src/model/plan.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { DesiredRequest, Mark, Observation, Session } from "../../../src/model/target.ts";
import { type Back, back } from "../../../src/plan/back.ts";
import { begunOf } from "../../../src/plan/begun.ts";
import { leaveHeld } from "../../../src/plan/held.ts";
import { plan } from "../../../src/plan/plan.ts";
import { system as real } from "../../../src/system/system.ts";
import { type Answer, type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { target } from "../../../targets/kubernetes/index.ts";

/** An agent that runs a line of a shell in an image that the cluster has. */
export const shellAgent = (name: string, line: string, rest = ""): string => `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: ${name}
spec:
  image: busybox:latest
  command: [sh, -c, ${JSON.stringify(line)}]
  resources: {limits: {memory: 32Mi}}
  supervision: {stopGracePeriod: 1s}
${rest}`;

/** Until it is told to end, which it does at once. */
export const STAYS = "trap exit TERM; while :; do sleep 1; done";

export interface Planned {
  readonly plan: Plan;
  readonly observation: Observation;
  readonly desired: readonly Resource[];
  readonly preflight: readonly Diagnostic[];
  readonly facts: Facts;
  /** `METHOD path?query`, one a request. */
  readonly requests: readonly string[];
}

/** A project of its own in a namespace of its own, which is taken away at the end. */
export interface World {
  readonly project: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  write(path: string, text: string): void;
  remove(path: string): void;
  open(): Promise<Session>;
  /** What the files say, and what the cluster adds to them. */
  request(session: Session): Promise<DesiredRequest>;
  plan(how?: How): Promise<Planned>;
  /** Plans, and does all of it, or what was planned before. */
  apply(
    how?: How & { readonly planned?: Planned; readonly goesBack?: true; readonly mark?: Mark },
  ): Promise<Carried>;
  get(kind: string, name: string): Promise<Answer>;
  make(kind: string, body: Json): Promise<void>;
  /** As somebody else: a change of one object by another field manager. */
  change(kind: string, name: string, manager: string, body: Json): Promise<void>;
  delete(kind: string, name: string): Promise<void>;
  end(): Promise<void>;
}

export interface How {
  readonly destroy?: boolean;
  readonly release?: boolean;
  readonly timeoutMs?: number;
}

export interface Carried extends Applied {
  readonly told: readonly string[];
  readonly leftovers: readonly string[];
  /** Where it failed and was put back: how that went, and what a second look found that is not as it was. */
  readonly back?: { readonly first: Back; readonly applied: Applied; readonly rest: readonly Change[] };
}

const PATHS: Readonly<Record<string, string>> = {
  configmaps: "/api/v1",
  deployments: "/apis/apps/v1",
  persistentvolumeclaims: "/api/v1",
  pods: "/api/v1",
  resourcequotas: "/api/v1",
  secrets: "/api/v1",
  services: "/api/v1",
};

export async function worldIn(
  environment: Readonly<Record<string, string>>,
  options: { readonly makesNamespace?: boolean } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "aac-cluster-"));
  const root = join(folder, "project");
  const trace = join(folder, "requests");
  const name = `t-${randomBytes(4).toString("hex")}`;
  mkdirSync(root);
  const own = { ...environment, HOME: folder, AAC_TRACE_REQUESTS: trace };
  const host = { ...real.host, bootId: real.host.bootId, environment: own };
  const system = { ...real, host };
  const here = hereOf({
    system,
    root,
    project: name,
    target: "kubernetes",
    needsName: true,
    portRange: undefined,
    chosen: { namespace: name },
  });
  const connected = await connect({ namespace: name }, environment, real.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const cluster = connected.value;
  const namespacePath = `/api/v1/namespaces/${name}`;
  const pathOf = (kind: string, of = ""): string =>
    `${PATHS[kind]}/namespaces/${name}/${kind}${of && `/${of}`}`;
  const outside = outsideOf(root, () => (one) => environment[one]);
  const fine = async (what: string, asked: Promise<Answer>): Promise<void> => {
    const answer = await asked;
    if (answer.is === "lost" || answer.status >= 300) throw new Error(`${what}: ${JSON.stringify(answer)}`);
  };
  if (options.makesNamespace !== true)
    await fine(
      "the namespace",
      cluster.request("POST", "/api/v1/namespaces", {
        body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
      }),
    );

  const open = async (): Promise<Session> => {
    const session = await target.open(system, here);
    if (!session.ok) throw new Error(said(session.error));
    return session.value;
  };
  const request = async (session: Session): Promise<DesiredRequest> => {
    const loaded = await load({
      cwd: root,
      files: system.files,
      environment: own,
      named: ["."],
      whole: true,
      target: "kubernetes",
    });
    const errors = loaded.diagnostics.filter(({ level }) => level === "error");
    if (errors.length > 0) throw new Error(errors.map(said).join("\n"));
    const ir = { ...loaded.compiled.ir, project: name };
    const scope = { paths: ["."], origin: session.place.origin };
    const facts = await learn(ir, outside, target, session, scope);
    if (!facts.ok) throw new Error(facts.error.map(said).join("\n"));
    return { ir, facts: facts.value.facts, written: writtenIn(loaded) };
  };
  const planIn = async (session: Session, { destroy = false, release = false }: How): Promise<Planned> => {
    rmSync(trace, { force: true });
    const asked = destroy ? undefined : await request(session);
    const desired = asked === undefined ? [] : target.desired(asked);
    const observation = await session.observe(desired);
    if (!observation.ok) throw new Error(said(observation.error));
    const every = plan({
      desired,
      observed: observation.value.objects,
      rules: target.kinds,
      scope: { paths: ["."], origin: session.place.origin },
      destroy,
      prune: false,
      replace: new Set(),
      release,
    });
    const made = release || destroy ? every : leaveHeld(every, observation.value.objects);
    const preflight =
      asked === undefined ? [] : await session.preflight(made, { secret: secretsOf(asked.ir, outside) });
    const requests = existsSync(trace) ? readFileSync(trace, "utf8").split("\n").filter(Boolean) : [];
    return {
      plan: made,
      desired,
      observation: observation.value,
      preflight,
      facts: asked?.facts ?? { agents: {}, target: null },
      requests,
    };
  };
  return {
    project: name,
    namespace: name,
    cluster,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    remove: (path) => rmSync(join(root, path)),
    open,
    request,
    async plan(how = {}) {
      const session = await open();
      try {
        return await planIn(session, how);
      } finally {
        session.close();
      }
    },
    async apply({ planned, goesBack, mark, ...how } = {}) {
      const session = await open();
      const told: string[] = [];
      const never = new AbortController().signal;
      const carry = (one: Plan, keepGoing: boolean): Promise<Applied> =>
        apply({
          plan: one,
          steps: target.steps,
          run: (step, change, context) =>
            session.run(step, change, mark === undefined ? context : { ...context, mark }),
          secret: secretsOf({ irVersion: 1, project: name, agents: {} }, outside),
          clock: system.clock,
          tell: (event) => told.push(JSON.stringify(event)),
          parallel: 10,
          keepGoing,
          retries: 1,
          timeoutMs: how.timeoutMs ?? 60_000,
          stop: never,
          abort: never,
        });
      try {
        const { plan: made, desired } = planned ?? (await planIn(session, how));
        await session.begin();
        const applied = await carry(made, false);
        if (goesBack === true && applied.outcome === "failed") {
          const begun = begunOf(made.changes, applied.lines, false);
          const look = async (): Promise<Back> => {
            const seen = await session.observe(desired);
            if (!seen.ok) throw new Error(said(seen.error));
            const observed = seen.value.objects;
            return back({ changes: made.changes, begun, observed, rules: target.kinds });
          };
          const first = await look();
          const done = await carry(first.plan, true);
          const rest = (await look()).plan.changes.filter((one) => target.steps(one).length > 0);
          await session.end();
          return { ...applied, told, leftovers: [], back: { first, applied: done, rest } };
        }
        const late = (await session.settle?.()) ?? [];
        await session.end();
        const lines = applied.lines.map((line) => {
          const failure = late.find(({ id }) => id === line.id)?.failure;
          return failure === undefined
            ? line
            : { ...line, came: "failed" as const, cause: failure.message, lines: failure.lines };
        });
        const outcome = late.length > 0 ? "failed" : applied.outcome;
        return { lines, outcome, told, leftovers: session.leftovers?.() ?? [] };
      } finally {
        session.close();
      }
    },
    get: (kind, of) => cluster.request("GET", pathOf(kind, of)),
    make: (kind, body) =>
      fine(
        `a new one of ${kind}`,
        cluster.request("POST", pathOf(kind), { body, query: { fieldManager: "hand" } }),
      ),
    change: (kind, of, manager, body) =>
      fine(
        `a change of ${of}`,
        cluster.request("PATCH", pathOf(kind, of), {
          body,
          contentType: "application/strategic-merge-patch+json",
          query: { fieldManager: manager },
        }),
      ),
    delete: (kind, of) => fine(`the end of ${of}`, cluster.request("DELETE", pathOf(kind, of))),
    async end() {
      // The cluster takes all of it away by itself, in its own time.
      await cluster.request("DELETE", namespacePath);
      cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const said = ({ message, notes }: Diagnostic): string => [message, ...notes].join("\n  ");
