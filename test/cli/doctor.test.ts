import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { files } from "../../src/system/files.ts";
import { faultsOf } from "../helpers/published-schemas.ts";
import { aac, folderOf, type Outcome } from "../helpers/run-aac.ts";

const PORT = 24_171;
const AGENT = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: desk}
spec:
  command: [sleep, "1000"]
  ports: [{container: 8080, host: ${PORT}}]
  environment: [{name: DESK_TOKEN, from: secret}]
`;
const PROJECT = { ".aac.yaml": "project: doctored\n", "agent.yaml": AGENT };
/** One that an engine and a cluster can run too. */
const IMAGED = { ...PROJECT, "agent.yaml": AGENT.replace("command", "image: busybox\n  command") };
/** Nobody listens at the first ports of a machine. */
const CLOSED = "127.0.0.1:1";
const SECRET = "walrus-in-the-doctor";

interface Finding {
  readonly about: string;
  readonly is: string;
  readonly found: string;
  readonly repair?: string;
}

interface Told {
  readonly sections: readonly { readonly title: string; readonly findings: readonly Finding[] }[];
}

interface Asked {
  readonly given?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly home?: string;
}

function doctor(
  args: readonly string[],
  { given = PROJECT, environment = {}, home = folderOf({}) }: Asked = {},
): Outcome {
  const cwd = folderOf(given);
  const own = { HOME: home, XDG_RUNTIME_DIR: join(home, "run"), DOCKER_HOST: `tcp://${CLOSED}` };
  const ask = (): Outcome => aac(["doctor", ...args], { cwd, environment: { ...own, ...environment } });
  const first = ask();
  // A machine that runs all tests at once may be too slow for the patience of a person.
  return first.out.includes("no answer within 3 s") ? ask() : first;
}

/** By section and thing: `local-process/supervisor`. */
function found(
  args: readonly string[],
  asked?: Asked,
): { code: number | null; of: (name: string) => Finding; told: Told } {
  const { code, out, err } = doctor([...args, "-o", "json"], asked);
  expect(err).toBe("");
  expect(faultsOf("doctor", out)).toEqual([]);
  const told = JSON.parse(out) as Told;
  const all = new Map<string, Finding>(
    told.sections.flatMap(({ title, findings }) =>
      findings.map((one) => [`${title}/${one.about}`, one] as const),
    ),
  );
  return {
    code,
    told,
    of(name) {
      const one = all.get(name);
      if (one === undefined) throw new Error(`${name} is not among ${[...all.keys()].join(", ")}`);
      return one;
    },
  };
}

/** Some ask several times, and each is a program of its own. */
const LONG = { timeout: 30_000 };

describe("aac doctor", LONG, () => {
  test("says what is there, line by line, and makes nothing", () => {
    const home = folderOf({});
    const { code, out, err } = doctor([], { home });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^doctored → local-process {3}/);
    for (const title of ["this machine", "the project", "its folders", "local-process", "other targets"])
      expect(out).toContain(`\n\n${title}\n`);
    expect(out).toMatch(/^ {2}✓ ok {4}supervisor +none runs: the first apply starts it$/m);
    expect(out).toMatch(/^ {2}- {7}docker +the docker engine at tcp:\/\/127\.0\.0\.1:1 does not answer: /m);
    for (const path of [".local", "run", ".cache/aac/environments"])
      expect([path, files.kind(join(home, path))]).toEqual([path, "absent"]);
  });

  test("as JSON is as it is published, and says the same", () => {
    const { code, of } = found([]);
    expect(code).toBe(0);
    expect(of("the project/files")).toMatchObject({
      is: "ok",
      found: "1 agent in 1 file, fit for local-process",
    });
    expect(of("local-process/program").found).toMatch(/\/sleep, for desk$/);
    expect(of("other targets/kubernetes")).toMatchObject({ is: "unneeded" });
  });

  test("a target that is chosen has to answer, and one that is not need not", () => {
    const docker = found(["-t", "docker"], {
      given: IMAGED,
    });
    expect(docker.code).toBe(1);
    expect(docker.of("docker/engine")).toMatchObject({
      is: "fail",
      found: expect.stringContaining("named by DOCKER_HOST"),
    });
    expect(docker.of("other targets/local-process")).toMatchObject({ is: "unneeded" });
    for (const host of ["ssh://somewhere", "ht!tp://%%", "unix:///nowhere/engine.sock"]) {
      const { code, of } = found([], { environment: { DOCKER_HOST: host } });
      expect([host, code, of("other targets/docker").is]).toEqual([host, 0, "unneeded"]);
    }
  });

  test("a cluster that does not answer is told with what to do, and so is a kubeconfig that is none", () => {
    const home = folderOf({
      "closed.yaml": `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://${CLOSED}"}}]
users: [{name: u, user: {token: ${SECRET}}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: desks}}]
current-context: x
`,
      "broken.yaml": `{{{ ${SECRET}`,
    });
    const at = (file: string): ReturnType<typeof found> =>
      found(["-t", "kubernetes", "--kubeconfig", join(home, file)], { given: IMAGED });
    const closed = at("closed.yaml");
    expect(closed.code).toBe(1);
    expect(closed.of("kubernetes/kubeconfig")).toMatchObject({
      is: "ok",
      found: `the context x, namespace desks, at https://${CLOSED}`,
    });
    expect(closed.of("kubernetes/cluster")).toMatchObject({
      is: "fail",
      repair: expect.stringContaining("kubectl"),
    });
    expect(at("broken.yaml").of("kubernetes/kubeconfig")).toMatchObject({
      is: "fail",
      found: expect.stringContaining("is not valid YAML"),
    });
    expect(at("absent.yaml").of("kubernetes/kubeconfig").found).toContain("there is no kubeconfig");
    const beside = found([], { environment: { KUBECONFIG: join(home, "closed.yaml") } });
    expect(beside.code).toBe(0);
    expect(beside.of("other targets/kubernetes").found).toContain("it cannot be reached");
    expect(JSON.stringify([closed.told, at("broken.yaml").told, beside.told])).not.toContain(SECRET);
  });

  test("an engine or a cluster that listens and says nothing is told, and holds up nobody", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(PORT + 1, "127.0.0.1", resolve));
    try {
      const mute = `127.0.0.1:${PORT + 1}`;
      const home = folderOf({
        "mute.yaml": `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://${mute}"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`,
      });
      const docker = found(["-t", "docker"], {
        given: IMAGED,
        environment: { DOCKER_HOST: `tcp://${mute}` },
      });
      expect(docker.code).toBe(1);
      expect(docker.of("docker/engine")).toMatchObject({
        is: "fail",
        found: expect.stringContaining(`tcp://${mute} does not answer: no answer within`),
      });
      expect(docker.of("other targets/local-process").is).toBe("unneeded");
      const cluster = found(["-t", "kubernetes", "--kubeconfig", join(home, "mute.yaml")], { given: IMAGED });
      expect(cluster.code).toBe(1);
      expect(cluster.of("kubernetes/cluster")).toMatchObject({
        is: "fail",
        found: `the cluster at https://${mute} does not answer: no answer in time`,
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("names the context that chose the engine", () => {
    const meta = { Name: "far", Endpoints: { docker: { Host: `tcp://${CLOSED}` } } };
    const home = folderOf({
      ".docker/config.json": JSON.stringify({
        auths: { "r.example": { auth: SECRET } },
        currentContext: "far",
      }),
      ".docker/contexts/meta/abc/meta.json": JSON.stringify(meta),
    });
    const { of, told } = found(["-t", "docker"], { given: IMAGED, home, environment: { DOCKER_HOST: "" } });
    expect(of("docker/engine").found).toContain(`(the context far of ${home}/.docker)`);
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  test("files that do not compile are a failure, and all else is looked at all the same", () => {
    const { code, of, told } = found([], {
      given: { ...PROJECT, "agent.yaml": AGENT.replace("command", "comand") },
    });
    expect(code).toBe(1);
    expect(of("the project/files")).toMatchObject({
      is: "fail",
      repair: expect.stringMatching(/^aac explain AAC/),
    });
    expect(told.sections.map(({ title }) => title)).toContain("local-process");
    const empty = found([], { given: {} });
    expect(empty.code).toBe(0);
    expect(empty.of("the project/files")).toMatchObject({
      is: "warn",
      repair: "aac init NAME makes one",
    });
  });

  test("a project without a name has to have one where others reach the same objects", () => {
    const given = { "agent.yaml": AGENT.replace("command", "image: busybox\n  command") };
    expect(found([], { given: { "agent.yaml": AGENT } }).of("the project/project")).toMatchObject({
      is: "ok",
    });
    expect(found(["-t", "kubernetes"], { given }).of("the project/project")).toMatchObject({
      is: "fail",
      repair: "write `project: NAME` into .aac.yaml, or give --project NAME",
    });
    expect(found(["-t", "kubernetes", "--project", "named"], { given }).of("the project/project").is).toBe(
      "ok",
    );
  });

  test("a state folder that somebody else could change is a failure with its repair", () => {
    const home = folderOf({});
    const state = join(home, ".local/state/aac/doctored/local-process");
    mkdirSync(state, { recursive: true, mode: 0o777 });
    writeFileSync(join(state, "one"), "x".repeat(3000));
    expect(found([], { home }).of("its folders/state")).toMatchObject({
      is: "ok",
      found: expect.stringMatching(/, 0755, .*3 KiB$/),
    });
    symlinkSync(state, join(home, ".local/state/aac/linked"));
    const linked = found(["--project", "linked"], { home });
    expect(linked.code).toBe(1);
    expect(linked.of("its folders/state")).toMatchObject({
      is: "fail",
      repair: expect.stringContaining("rm "),
    });
  });

  test("too many words, and agents that are not there, are usage", () => {
    expect(doctor(["desk", "store"])).toMatchObject({ code: 2, out: "" });
    expect(doctor(["dsek"])).toMatchObject({
      code: 2,
      out: "",
      err: "error: no agent `dsek` is in these files, and none lives here: did you mean `desk`?\n  = there is desk\n",
    });
    expect(doctor(["-t", "dokcer"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("aac doctor AGENT", LONG, () => {
  test("says what stands in its way: a secret by its places, never by its value", () => {
    const without = found(["desk"]);
    expect(without.code).toBe(1);
    expect(without.of("desk as it is written/secret DESK_TOKEN")).toMatchObject({
      is: "fail",
      found: "not found; looked for: variable DESK_TOKEN",
      repair: "export DESK_TOKEN=…, or write it into .env beside the agent's file",
    });
    const environment = { DESK_TOKEN: SECRET };
    const withIt = found(["desk"], { environment });
    expect(withIt.code).toBe(0);
    expect(withIt.of("desk as it is written/secret DESK_TOKEN").found).toBe("from the variable DESK_TOKEN");
    expect(withIt.of("desk as it lives/state")).toMatchObject({ is: "ok", found: "not applied yet" });
    const plain = doctor(["desk"], { environment });
    expect(plain.out + JSON.stringify(withIt.told)).not.toContain(SECRET);
  });

  test("a program that is not there, and a folder that is none", () => {
    const broken = AGENT.replace("[sleep,", "[no-such-program,").replace(
      "  ports",
      "  workingDir: nowhere\n  ports",
    );
    const { code, of } = found(["desk"], { given: { ...PROJECT, "agent.yaml": broken } });
    expect(code).toBe(1);
    expect(of("what it needs of local-process/program")).toMatchObject({
      is: "fail",
      found: "there is no program `no-such-program` on the PATH",
    });
    expect(of("what it needs of local-process/folder")).toMatchObject({
      is: "fail",
      found: expect.stringMatching(/nowhere is not there$/),
    });
  });

  test("a runtime in a version that is not on the machine", () => {
    const old = AGENT.replace(/ {2}command.*/, "  runtime: python:2.99");
    const { of } = found(["desk"], { given: { ...PROJECT, "agent.yaml": old, "main.py": "" } });
    expect(of("what it needs of local-process/python")).toMatchObject({
      is: "fail",
      found: expect.stringContaining("python 2.99 is wanted; found: "),
    });
  });

  test("a port that somebody else holds", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(PORT, "127.0.0.1", resolve));
    try {
      const { code, of } = found(["desk"], { environment: { DESK_TOKEN: "x" } });
      expect(code).toBe(1);
      const { is, found: words, repair } = of("what it needs of local-process/port 8080/tcp");
      expect([is, repair]).toEqual(["fail", "end that program, or write another port in agent.yaml"]);
      expect(words).toContain(`${PORT} is already in use by `);
      expect(words).toContain(`(pid ${process.pid})`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(
      found(["desk"], { environment: { DESK_TOKEN: "x" } }).of("what it needs of local-process/port 8080/tcp")
        .is,
    ).toBe("ok");
  });
});
