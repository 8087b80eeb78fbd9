import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { Fields } from "../../../src/model/resource.ts";
import type { LogLine, LogRequest, Operates } from "../../../src/model/operates.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { connect } from "../../../targets/docker/client.ts";
import { labelsOf } from "../../../targets/docker/labels.ts";
import { containerName, LABEL } from "../../../targets/docker/names.ts";
import { operatesOn } from "../../../targets/docker/verbs/operates.ts";

export interface Made {
  readonly agent: string;
  readonly script: string;
  readonly replica?: number;
  readonly asked?: Fields;
  readonly after?: readonly string[];
  readonly config?: Docker.ContainerCreateOptions;
  readonly host?: Docker.HostConfig;
}

/** Containers of one project that nobody else has, as an apply would have labelled them. */
export interface Scratch {
  readonly docker: Docker;
  readonly place: Place;
  readonly operates: Operates;
  /** Not started. */
  create(made: Made): Promise<Docker.Container>;
  start(made: Made): Promise<Docker.Container>;
  /** What is there already. */
  lines(asked?: Partial<LogRequest>): Promise<readonly LogLine[]>;
  clean(): Promise<void>;
}

export async function scratch(environment: Readonly<Record<string, string>>): Promise<Scratch> {
  const connected = await connect(environment, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const { docker, where, isLocal } = connected.value;
  const project = `verbs-${process.pid}-${randomBytes(3).toString("hex")}`;
  const place: Place = {
    project,
    target: "docker",
    origin: "here",
    root: "/nowhere",
    home: "/nowhere",
    cache: "/nowhere",
    runtime: "/nowhere",
    portRange: [0, 0],
    chosen: {},
    where,
    key: "0123456789ab",
  };
  const operates = operatesOn({ docker, system, place, isLocal });
  const create = async (made: Made): Promise<Docker.Container> => {
    const { agent, script, replica = 0, after = [], config, host } = made;
    const restart = host?.RestartPolicy ?? { Name: "no" };
    const asked: Fields = {
      image: "busybox:latest",
      mounts: {},
      health: {},
      secrets: {},
      dependsOn: {},
      restart: { policy: restart.Name, retries: restart.MaximumRetryCount ?? 0 },
      ...made.asked,
    };
    const labels = labelsOf(
      place,
      { agent, kind: "container", source: `${agent}/agent.yaml`, after, protect: false },
      asked,
      system.digests.sha256,
    );
    return docker.createContainer({
      name: containerName(project, agent, replica, randomBytes(2).toString("hex")),
      Image: "busybox:latest",
      Cmd: ["sh", "-c", script],
      StopTimeout: 1,
      ...config,
      Labels: { ...labels, [LABEL.replica]: String(replica), ...config?.Labels },
      HostConfig: { ...host },
    });
  };
  return {
    docker,
    place,
    operates,
    create,
    async start(made) {
      const container = await create(made);
      await container.start();
      return container;
    },
    async lines(asked) {
      const lines: LogLine[] = [];
      const read = await operates.logs({
        agents: [],
        follow: false,
        tail: "all",
        streams: ["stdout", "stderr"],
        previous: false,
        signal: new AbortController().signal,
        line: (line) => lines.push(line),
        ...asked,
      });
      if (!read.ok) throw new Error(read.error.message);
      return lines;
    },
    async clean() {
      const filters = { label: [`${LABEL.project}=${project}`] };
      for (const { Id } of await docker.listContainers({ all: true, filters }))
        await docker.getContainer(Id).remove({ force: true });
      const { Volumes } = await docker.listVolumes({ filters });
      for (const { Name } of Volumes) await docker.getVolume(Name).remove();
    },
  };
}

/** Until a process in it that nobody tells to end is gone. */
export const ended = (container: Docker.Container): Promise<unknown> => container.wait();
