import { existsSync } from "node:fs";
import { get } from "node:http";
import { describe, expect, test } from "vitest";

/** What a suite may need that a fresh machine has not; where it is not, one line says so and the suite is left out. */
export type Platform = "docker" | "kubernetes" | "compose";

type Found =
  | { readonly is: "there"; readonly environment: Readonly<Record<string, string>> }
  | { readonly is: "absent"; readonly why: string };

const REQUIRED = new Set((process.env["AAC_TEST_REQUIRE"] ?? "").split(",").filter(Boolean));
const found = new Map<Platform, Promise<Found>>();

export function platform(name: Platform): Promise<Found> {
  const known = found.get(name) ?? FINDERS[name]();
  found.set(name, known);
  return known;
}

/** Suites that need it. Absent it fails them where AAC_TEST_REQUIRE names it, and skips them elsewhere. */
export async function describeOn(
  name: Platform,
  title: string,
  body: (environment: Readonly<Record<string, string>>) => void,
): Promise<void> {
  const one = await platform(name);
  if (one.is === "there") {
    describe(title, () => body(one.environment));
    return;
  }
  if (REQUIRED.has(name)) {
    test(title, () => expect.fail(`${name} is required here: ${one.why}`));
    return;
  }
  process.stderr.write(`${title}: not run, ${one.why}\n`);
  describe.skip(title, () => {
    test(one.why, () => undefined);
  });
}

const FINDERS: Readonly<Record<Platform, () => Promise<Found>>> = {
  docker: findDocker,
  kubernetes: () => Promise.resolve(findCluster()),
  compose: () => Promise.resolve(findCompose()),
};

async function findDocker(): Promise<Found> {
  const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const socket = /^unix:\/\/(.+)$/.exec(host)?.[1];
  if (socket !== undefined && !existsSync(socket))
    return { is: "absent", why: `no docker engine: DOCKER_HOST is not set and ${socket} is not there` };
  const url = new URL(host.replace(/^(?:unix|tcp):/, "http:"));
  const answers = await new Promise<boolean>((resolve) => {
    const where = socket === undefined ? { host: url.hostname, port: url.port } : { socketPath: socket };
    get({ ...where, path: "/_ping", timeout: 5000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on("timeout", () => resolve(false))
      .on("error", () => resolve(false));
  });
  return answers
    ? { is: "there", environment: { DOCKER_HOST: host } }
    : { is: "absent", why: `the docker engine at ${host} does not answer` };
}

function findCluster(): Found {
  const path = process.env["AAC_TEST_KUBECONFIG"];
  if (path === undefined) return { is: "absent", why: "no cluster: AAC_TEST_KUBECONFIG is not set" };
  if (!existsSync(path))
    return { is: "absent", why: `AAC_TEST_KUBECONFIG names ${path}, which is not there` };
  return { is: "there", environment: { KUBECONFIG: path } };
}

/** The plugin as a program of its own: a fresh machine with docker need not have it. */
function findCompose(): Found {
  const path = process.env["AAC_BENCH_COMPOSE"];
  if (path === undefined) return { is: "absent", why: "no docker compose: AAC_BENCH_COMPOSE is not set" };
  if (!existsSync(path)) return { is: "absent", why: `AAC_BENCH_COMPOSE names ${path}, which is not there` };
  return { is: "there", environment: { AAC_BENCH_COMPOSE: path } };
}

/**
 * Brings an image from the engine into the cluster, where a program for that is named: AAC_TEST_LOAD_IMAGE. A cluster
 * that has it already needs none.
 */
export async function loadImage(reference: string): Promise<void> {
  const program = process.env["AAC_TEST_LOAD_IMAGE"];
  if (program === undefined) return;
  const { execFile } = await import("node:child_process");
  await new Promise<void>((resolve, reject) => {
    execFile(program, [reference], (error, _, said) =>
      error === null ? resolve() : reject(new Error(`${reference} was not loaded: ${said}`)),
    );
  });
}
