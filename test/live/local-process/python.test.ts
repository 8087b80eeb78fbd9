import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { agentText } from "../../helpers/agent-text.ts";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 180_000 });

const isThere =
  spawnSync("python3", ["-I", "-c", "import venv, ensurepip"], { stdio: "ignore" }).status === 0;
/** Whatever an installer might look for elsewhere is not found: nothing here uses a network. */
const environment = { PIP_NO_INDEX: "1", PIP_CONFIG_FILE: "/dev/null" };

/** A wheel is a zip with a little about itself. */
function wheel(project: Project, version: string): string {
  const script = `
import sys, zipfile
path, version = sys.argv[1:]
about = f"walrus-{version}.dist-info/"
files = {
  "walrus/__init__.py": f"VERSION = {version!r}\\n",
  about + "METADATA": f"Metadata-Version: 2.1\\nName: walrus\\nVersion: {version}\\n",
  about + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
with zipfile.ZipFile(path, "w") as out:
  for where, text in files.items():
    out.writestr(where, text)
  out.writestr(about + "RECORD", "".join(f"{where},,\\n" for where in [*files, about + "RECORD"]))
`;
  const file = `walrus-${version}-py3-none-any.whl`;
  mkdirSync(project.path("wheels"), { recursive: true });
  execFileSync("python3", ["-c", script, join(project.path("wheels"), file), version]);
  return `./wheels/${file}\n`;
}

test.skipIf(!isThere)(
  "a python agent has an environment of its own in the plan, and a changed requirement is a new one",
  async () => {
    const files = {
      "agent.yaml": agentText("ana", [
        "runtime: python",
        "healthCheck: {file: up, interval: 200ms, startPeriod: 20s}",
        "supervision: {stopGracePeriod: 2s}",
      ]),
      "main.py":
        "import pathlib, time, walrus\nprint('walrus', walrus.VERSION, flush=True)\npathlib.Path('up').touch()\ntime.sleep(600)\n",
    };
    await inProject("python", files, async (project) => {
      const call = { environment };
      project.write("requirements.txt", wheel(project, "1.0"));
      const first = await project.plan("", call);
      expect(does(first)).toEqual(["create ana/environment/python", "create ana/process/0"]);
      await project.well("apply --yes", call);
      expect((await project.well("logs")).out).toContain("walrus 1.0");
      await project.well("plan --expect-no-changes", call);
      const pid = await project.pidOf("ana");
      await project.well("apply --yes", call);
      expect(await project.pidOf("ana")).toBe(pid);

      project.write("requirements.txt", wheel(project, "1.1"));
      const second = await project.plan("", call);
      expect(does(second)).toEqual(["replace ana/environment/python", "replace ana/process/0"]);
      expect(second.changes[0]?.costs).toMatchObject({ order: "start first" });
      const [environmentOnly] = second.changes;
      expect(environmentOnly?.fields?.map(({ path }) => path)).toEqual(["content"]);
      await project.well("apply --yes", call);
      expect((await project.well("logs --tail 1")).out).toContain("walrus 1.1");
      expect(await project.pidOf("ana")).not.toBe(pid);
      await project.well("plan --expect-no-changes", call);
    });
  },
);

test.skipIf(!isThere)(
  "an apply that fails with other packages gives an agent those of then back",
  async () => {
    const main = (more: string): string =>
      `import pathlib, time, walrus\nprint('walrus', walrus.VERSION, flush=True)\n${more}\npathlib.Path('up').touch()\ntime.sleep(600)\n`;
    const files = {
      "agent.yaml": agentText("ana", [
        "runtime: python",
        "healthCheck: {file: up, interval: 200ms, startPeriod: 20s}",
        "supervision: {stopGracePeriod: 2s, backoff: {initial: 50ms, max: 100ms}}",
      ]),
      "main.py": main(""),
    };
    await inProject("packages", files, async (project) => {
      const call = { environment };
      const before = wheel(project, "1.0");
      project.write("requirements.txt", before);
      await project.well("apply --yes", call);
      project.write("requirements.txt", wheel(project, "1.1"));
      project.write("main.py", main("raise SystemExit(5)"));
      // The file of then is there still, and would do.
      project.edit("agent.yaml", "file: up", "file: later");
      const failed = await project.aac("apply --yes", call);
      expect([failed.code, failed.code === 4 ? "" : failed.out + failed.err]).toEqual([4, ""]);
      await until("it runs with those of then", async () =>
        (await project.well("logs --tail 1")).out.includes("walrus 1.0"),
      );
      project.write("requirements.txt", before);
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      project.remove("wheels/walrus-1.1-py3-none-any.whl");
      await project.well("plan --expect-no-changes", call);
    });
  },
);

test.skipIf(!isThere)(
  "a requirement that cannot be had fails the apply with the installer's words, and no process is started",
  async () => {
    const files = {
      "agent.yaml": "apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: ana}\nspec: {runtime: python}\n",
      "main.py": "import time\ntime.sleep(600)\n",
      "requirements.txt": "there-is-no-such-walrus==9.9\n",
    };
    await inProject("absent", files, async (project) => {
      const failed = await project.aac("apply --yes --retries 0", { environment });
      expect(failed).toMatchObject({ code: 4 });
      expect(failed.out).toContain("there-is-no-such-walrus");
      expect((await project.status()).agents).toEqual([]);
      expect(does(await project.plan("", { environment }))).toEqual([
        "create ana/environment/python",
        "create ana/process/0",
      ]);
    });
  },
);

test.skipIf(!isThere)(
  "a program of the machine runs in an environment as one of its own would, and nothing is left to plan",
  async () => {
    const files = {
      "agent.yaml": agentText("ana", [
        "runtime: python",
        `command: [sh, -c, "python -c 'import walrus; print(walrus.VERSION, flush=True)'; exec sleep 600"]`,
        "supervision: {stopGracePeriod: 500ms}",
      ]),
      "main.py": "",
    };
    await inProject("machine", files, async (project) => {
      const call = { environment };
      project.write("requirements.txt", wheel(project, "1.2"));
      await project.well("apply --yes", call);
      await project.well("plan --expect-no-changes", call);
      await until("it has spoken", async () => (await project.well("logs")).out.includes("1.2"));
    });
  },
);
