import { byCodeUnit, canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { showDuration } from "../../../src/base/duration.ts";
import { ok } from "../../../src/base/result.ts";
import type { Emitter, EmitRequest, Lost } from "../../../src/model/emit.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { emulated, enforced } from "../../../src/wanted/support.ts";
import { check } from "../check.ts";
import { desired } from "../desired.ts";
import { healthCheckOf } from "../container/healthcheck.ts";
import { containerId, imageId, LABEL, networkName, volumeName } from "../names.ts";
import { containerFields, imageFields } from "../shapes.ts";
import { support } from "../support.ts";
import { compact, configKey, quoted, type Section, serviceOf } from "./service.ts";

/** The containers of a project as one file of compose, with the labels by which aac knows its own. */
export const emitter: Emitter = {
  target: { name: "docker", shared: false, support, check, desired },
  holds: "a project",
  support: {
    runtime: enforced,
    dependencies: enforced,
    // Of these it depends on the value what becomes of it.
    healthCheck: enforced,
    "volumes.size": enforced,
    "supervision.stopGracePeriod": enforced,
    dependsOn: emulated("in the order of `up`; an engine that comes back starts all at once"),
  },
  emit(request) {
    const services = request.agents.flatMap((agent) => serviceIn(agent, request));
    const modes = new Set(services.map(({ mode }) => mode));
    const lost = services.flatMap((one) => one.lost);
    return ok({
      is: "documents",
      documents: [
        compact({
          name: request.project,
          services: Object.fromEntries(services.map(({ name, section }) => [name, section])),
          networks: networksOf(modes, request),
          volumes: volumesOf(request),
          configs: configsOf(request),
        }),
      ],
      lost,
    });
  },
};

interface OneService {
  readonly name: string;
  readonly section: Section;
  readonly mode: string;
  readonly lost: readonly Lost[];
}

function serviceIn(name: string, request: EmitRequest): readonly OneService[] {
  const { ir, facts, desired: all } = request;
  const agent = ir.agents[name];
  const own = facts.agents[name];
  const first = all.find(({ id }) => id === containerId(name, 0));
  // None at all are asked for.
  if (agent === undefined || own === undefined || first === undefined) return [];
  const image = all.find(({ id }) => id === imageId(name));
  const container = containerFields(first.fields);
  const health = healthCheckOf(container.health);
  const made = serviceOf({
    agent,
    facts: own,
    container,
    replicas: all.filter((one) => one.agent === name && one.kind === "container").length,
    image: image === undefined ? undefined : imageFields(image.fields),
    healthcheck: healthSection(health),
    beside: new Map(request.agents.map((one) => [one, isAsked(one, all)])),
    anyPort: portsOfNobody(name, request),
    network: networkKey(container.network.mode, request),
    root: request.root,
    labels: labelsOf(first, request),
  });
  const lost = [...made.lost, ...lostValues(agent, health.is === "outside")];
  return [{ name, section: made.section, mode: container.network.mode, lost }];
}

/** Ports that nobody wrote, where an agent before this one has the number already: the engine finds others. */
function portsOfNobody(name: string, { agents, ir, desired: all }: EmitRequest): ReadonlySet<string> {
  const taken = new Set<string>();
  const found = new Set<string>();
  const isWritten = (agent: string, key: string): boolean =>
    typeof ir.agents[agent]?.ports[key]?.host === "number";
  for (const pass of [true, false])
    for (const agent of agents) {
      const first = all.find(({ id }) => id === containerId(agent, 0));
      const ports = first === undefined ? {} : containerFields(first.fields).ports;
      for (const [key, { port }] of Object.entries(ports)) {
        if (isWritten(agent, key) !== pass) continue;
        const held = `${port}/${key.split("/")[1] ?? ""}`;
        if (agent === name && taken.has(held)) found.add(key);
        taken.add(held);
      }
    }
  return found;
}

/** Fields that are carried, but not with each value. */
function lostValues(agent: AgentIr, isUnasked: boolean): readonly Lost[] {
  const lost = (field: string, is: Lost["is"], how: string): Lost => ({ agent: agent.name, field, is, how });
  return [
    ...(isUnasked
      ? [lost("healthCheck", "dropped", "it is asked inside, where nothing in the image could do it")]
      : agent.health.liveness === undefined
        ? []
        : [lost("healthCheck", "approximated", "who is unhealthy is shown, and not started anew")]),
    ...(agent.supervision.stopGracePeriod.ms % 1000 === 0
      ? []
      : [lost("supervision.stopGracePeriod", "approximated", "in whole seconds, rounded up")]),
  ];
}

function isAsked(name: string, all: readonly Resource[]): boolean {
  const found = all.find(({ id }) => id === containerId(name, 0));
  return found !== undefined && healthCheckOf(containerFields(found.fields).health).is === "inside";
}

function healthSection(health: ReturnType<typeof healthCheckOf>): Section | undefined {
  if (health.is !== "inside") return undefined;
  return {
    test: health.test,
    interval: showDuration(health.intervalMs),
    timeout: showDuration(health.timeoutMs),
    retries: health.retries,
    start_period: showDuration(health.startPeriodMs),
  };
}

/** Without what was asked for: only an apply knows all of it. */
function labelsOf(resource: Resource, { project, origin }: EmitRequest): Readonly<Record<string, string>> {
  return {
    [LABEL.project]: project,
    [LABEL.agent]: resource.agent,
    [LABEL.kind]: resource.kind,
    [LABEL.source]: resource.source,
    [LABEL.origin]: origin,
    [LABEL.after]: canonicalJson(resource.after),
    ...(resource.protect ? { [LABEL.protect]: "true" } : {}),
  };
}

const networkKey = (mode: string, { project }: EmitRequest): string =>
  mode === "bridge" ? networkName(project) : mode;

/** The project's own, and those that somebody else made. */
function networksOf(modes: ReadonlySet<string>, request: EmitRequest): Section {
  return Object.fromEntries(
    [...modes]
      .filter((mode) => mode !== "host" && mode !== "none")
      .sort(byCodeUnit)
      .map((mode): [string, Json] => {
        const own = request.desired.find(({ kind }) => kind === "network");
        if (mode !== "bridge" || own === undefined) return [mode, { external: true, name: mode }];
        const { driver } = own.fields;
        return [
          networkKey(mode, request),
          quoted(compact({ name: networkName(request.project), driver, labels: labelsOf(own, request) })),
        ];
      }),
  );
}

function volumesOf(request: EmitRequest): Section {
  return Object.fromEntries(
    request.desired
      .filter(({ kind }) => kind === "volume")
      .map((one) => [
        one.name,
        quoted({ name: volumeName(request.project, one.name), labels: labelsOf(one, request) }),
      ]),
  );
}

function configsOf(request: EmitRequest): Section {
  return Object.fromEntries(
    request.desired
      .filter(({ kind }) => kind === "config")
      .map(({ agent, fields }) => [
        configKey(agent),
        quoted({ content: `${canonicalJson(fields["config"] ?? null, 2)}\n` }),
      ]),
  );
}
