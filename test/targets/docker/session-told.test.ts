import type Docker from "dockerode";
import { expect, test } from "vitest";
import type { PortHolder, System } from "../../../src/model/system.ts";
import { system } from "../../../src/system/system.ts";
import type { Engine } from "../../../targets/docker/engine.ts";
import { bounded } from "../../../targets/docker/engine.ts";
import { afterIn, askedIn, labelsOf, ownerIn } from "../../../targets/docker/labels.ts";
import { familiar, imageNamed } from "../../../targets/docker/image/live-image.ts";
import { askedOf } from "../../../targets/docker/live/memo.ts";
import type { Volume } from "../../../targets/docker/live/look.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { portFaults } from "../../../targets/docker/preflight/port-faults.ts";
import { type Told, toldIn } from "../../../targets/docker/image/progress.ts";
import { handOver } from "../../../targets/docker/container/secrets.ts";
import { Secret } from "../../../src/base/secret.ts";

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("what an engine tells of a build is read whole, wherever the connection cuts it", async () => {
  const text = [
    '{"stream":"Step 1/2 : FROM busybox\\n"}',
    '{"stream":"grüße\\n","aux":{"ID":"sha256:1"}}',
    "no JSON at all",
    '{"id":"layer","status":"Pull complete","progressDetail":{}}',
    '{"errorDetail":{"message":"x"},"error":"it failed"}',
  ].join("\r\n");
  const expected: readonly Told[] = [
    { stream: "Step 1/2 : FROM busybox\n" },
    { stream: "grüße\n" },
    { stream: expect.stringContaining("no JSON at all") },
    { id: "layer", status: "Pull complete" },
    { error: "it failed" },
  ];
  for (let size = 1; size < 40; size++) {
    const told: Told[] = [];
    for await (const one of toldIn(cut(text, size))) told.push(one);
    expect(told, `in pieces of ${size}`).toEqual(expected);
  }
});

test("an image goes by several names, and is found by each of them", () => {
  const image = { Id: "1", RepoTags: ["python:3.11-slim"], RepoDigests: ["python@sha256:ab"] };
  const images = [{ Id: "0", RepoTags: null }, image] as unknown as readonly Docker.ImageInfo[];
  for (const name of [
    "python:3.11-slim",
    "docker.io/library/python:3.11-slim",
    "index.docker.io/library/python:3.11-slim",
    "library/python:3.11-slim",
    "python@sha256:ab",
    "python:3.11-slim@sha256:ab",
  ])
    expect(imageNamed(images, name)?.Id, name).toBe("1");
  for (const name of ["python:3.12-slim", "ana/python:3.11-slim", "registry:5000/python:3.11-slim"])
    expect(imageNamed(images, name), name).toBeUndefined();
  expect(familiar("registry:5000/a/b:1@sha256:cd")).toBe("registry:5000/a/b@sha256:cd");
});

const PLACE = { project: "weather", origin: "here" } as Engine["place"];
const RESOURCE = {
  agent: "desk",
  kind: "container",
  source: "desk/agent.yaml",
  after: ["/network/weather"],
  protect: false,
};

test("labels say everything again, and nothing that is too long for them", () => {
  const { sha256 } = system.digests;
  const labels = labelsOf(PLACE, RESOURCE, { image: "a" }, sha256);
  expect(askedIn(labels)).toEqual({ image: "a" });
  expect(afterIn(labels)).toEqual(["/network/weather"]);
  expect(labels[LABEL.protect]).toBe("false");
  const long = labelsOf(PLACE, RESOURCE, { image: "a".repeat(300_000) }, sha256);
  expect(long[LABEL.asked]).toBe("");
  expect(askedIn(long)).toBeUndefined();
  expect(long[LABEL.digest]).toMatch(/^v1:[0-9a-f]{64}$/);
  expect(askedIn({ [LABEL.asked]: "{broken" })).toBeUndefined();
  expect(askedIn({ [LABEL.asked]: "[1]" })).toBeUndefined();
  expect(afterIn({ [LABEL.after]: '{"a": 1}' })).toEqual([]);
});

test("what was asked of a container since it was made has the last word", () => {
  const memo = (name: string, at: string, image: string, of = "c1"): Volume =>
    ({
      Name: name,
      CreatedAt: at,
      Labels: { [LABEL.kind]: "asked", "agent.dev/container": of, [LABEL.asked]: JSON.stringify({ image }) },
    }) as unknown as Volume;
  const labels = { [LABEL.asked]: '{"image":"first"}' };
  expect(askedOf("c1", labels, [])).toEqual({ image: "first" });
  const memos = [
    memo("b", "2026-01-02", "third"),
    memo("a", "2026-01-01", "second"),
    memo("c", "2026-01-03", "other", "c2"),
  ];
  expect(askedOf("c1", labels, memos)).toEqual({ image: "third" });
  expect(askedOf("c3", labels, memos)).toEqual({ image: "first" });
});

test("a stranger's object is named by whom it belongs to", () => {
  expect(ownerIn({ [LABEL.project]: "other" })).toBe("the project other");
  expect(ownerIn({ "com.docker.compose.project": "web" })).toBe("the compose project web");
  expect(ownerIn(null)).toBe("somebody else");
});

test("secrets are handed over as they are now, and noted by what they are compared with", () => {
  const found = { url: ["postgres://db:5432", "postgres://${DB_HOST}"], key: ["k", undefined] } as const;
  const handed = handOver(
    "desk",
    ["url", "key"],
    (_, variable) => {
      const [value, compared] = variable === "url" ? found.url : found.key;
      return {
        ok: true,
        value: {
          value: new Secret(value),
          ...(compared === undefined ? {} : { compared: new Secret(compared) }),
          origin: { from: "variable", name: variable },
        },
      };
    },
    (text) => `k:${text.length}`,
  );
  expect(handed).toEqual({
    ok: true,
    value: {
      values: { url: "postgres://db:5432", key: "k" },
      digests: { url: "k:21", key: "k:1" },
      labels: { "agent.dev/given": '{"url":"k:18"}' },
    },
  });
});

const HOLDER: PortHolder = { is: "taken", pid: 7, command: "nginx" };

const faults = (
  containers: readonly object[],
  holder: PortHolder,
  isLocal = true,
  going: readonly string[] = [],
) => {
  const around = { ...system, net: { ...system.net, holder: () => holder } } as System;
  const engine = { system: around, place: PLACE, isLocal } as unknown as Engine;
  const ports = { "8080/tcp": { port: 8080, address: "127.0.0.1" } };
  return portFaults(engine, "desk", { ports }, new Set(going), containers as Docker.ContainerInfo[]).map(
    ({ message }) => message,
  );
};

test("who holds a port is told as well as it is known, and one that goes holds none", () => {
  const published = (more: object = {}, ip = "0.0.0.0") => ({
    Id: "c1",
    Names: ["/web"],
    Labels: {},
    Ports: [{ IP: ip, PrivatePort: 80, PublicPort: 8080, Type: "tcp" }],
    ...more,
  });
  expect(faults([], { is: "free" })).toEqual([]);
  expect(faults([], HOLDER)).toEqual(["desk: port 8080 is already in use by nginx (pid 7)"]);
  expect(faults([], { is: "taken" })).toEqual(["desk: port 8080 is already in use"]);
  expect(faults([published()], HOLDER)).toEqual(["desk: port 8080 is already in use by the container web"]);
  const own = { [LABEL.project]: "weather", [LABEL.kind]: "container", [LABEL.agent]: "store" };
  expect(faults([published({ Labels: own })], HOLDER)).toEqual([
    "desk: port 8080 is already in use by the agent store",
  ]);
  expect(faults([published()], HOLDER, true, ["c1"])).toEqual([]);
  // On another machine only the engine can tell.
  expect(faults([], HOLDER, false)).toEqual([]);
  expect(faults([published()], HOLDER, false)).toHaveLength(1);
  expect(faults([published({}, "10.0.0.1")], { is: "free" })).toEqual([]);
});

test("many are asked a few at a time, and answer in their order", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 100 }, (_, i) => i);
  const answers = await bounded(items, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return item * 2;
  });
  expect(answers).toEqual(items.map((item) => item * 2));
  expect(most).toBeLessThanOrEqual(16);
  expect(await bounded([], () => Promise.resolve(1))).toEqual([]);
});
