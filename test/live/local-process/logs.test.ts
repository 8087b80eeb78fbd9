import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const lines = (text: string): readonly string[] => text.split("\n").filter(Boolean);

describe("logs", () => {
  test("of several agents have a prefix each, and are chosen by name, stream and number", async () => {
    const [port, other] = [15241, 15242];
    const files = { ...deskIn("ana", desk("ana", port)), ...deskIn("benjamin", desk("benjamin", other)) };
    await inProject("streams", files, async (project) => {
      await project.well("apply --yes");
      for (const text of ["one", "two", "three"]) await ask(port, `/say?text=${text}`);
      await ask(port, "/cry?text=ouch");
      await ask(other, "/say?text=hello");
      await until("all was seen", async () => {
        const { out } = await project.well("logs");
        return out.includes("ouch") && out.includes("hello") && out.includes("three");
      });
      const all = lines((await project.well("logs")).out);
      expect(all.filter((line) => line.startsWith("ana "))).toHaveLength(5);
      expect(all.filter((line) => line.startsWith("benjamin "))).toHaveLength(2);
      // Prefixes are equally wide, so that texts stand below each other.
      expect(new Set(all.map((line) => line.search(/[|!]/))).size).toBe(1);
      const of = async (args: string): Promise<readonly string[]> =>
        lines((await project.well(`logs ${args}`)).out).map((line) => line.replace(/^\S+\s+[|!] /, ""));
      expect(await of("ana --stdout")).toEqual(["open", "one", "two", "three"]);
      expect(await of("ana --stderr")).toEqual(["ouch"]);
      expect(await of("ana --stdout --tail 2")).toEqual(["two", "three"]);
      expect(await of("ana --tail 0")).toEqual([]);
      expect(await of("benjamin")).toEqual(["open", "hello"]);
      expect(await of("ana --since 1h --stdout")).toEqual(["open", "one", "two", "three"]);
      expect(await of("ana --since 2999-01-01T00:00:00Z")).toEqual([]);
      for (const line of lines((await project.well("logs ana --timestamps")).out))
        expect(line).toMatch(/\d\d:\d\d:\d\d/);
      const told: unknown[] = lines((await project.well("logs ana --stderr -o jsonl")).out).map((line) =>
        JSON.parse(line),
      );
      expect(told).toMatchObject([{ agent: "ana", stream: "stderr", text: "ouch" }]);
      for (const wrong of ["logs nobody", "logs --tail few", "logs --since yesterday"])
        expect(await project.aac(wrong)).toMatchObject({ code: 2 });
    });
  });

  test("show what came since a time, the run before a restart, and each new line while they are followed", async () => {
    const port = 15243;
    await inProject("runs", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      await ask(port, "/say?text=first+life");
      await until("it was seen", async () => (await project.well("logs")).out.includes("first life"));
      const following = project.begin("logs -f");
      await until("it shows what was", () => following.out().includes("first life"));
      const pid = await project.pidOf("ana");
      await project.well("restart ana");
      await until("another one is ready", async () => {
        const [ana] = (await project.status()).agents;
        return ana?.state === "ready" && ana.id !== String(pid);
      });
      await ask(port, "/say?text=second+life");
      await until("it is followed over the restart", () => following.out().includes("second life"));
      following.child.kill("SIGINT");
      expect(await following.ended).toMatchObject({ code: 0, err: "" });
      expect(lines(following.out()).filter((line) => line.includes("first life"))).toHaveLength(1);
      const before = (await project.well("logs --previous")).out;
      expect(before).toContain("first life");
      expect(before).not.toContain("second life");
      const stamped = lines((await project.well("logs -o jsonl --stdout")).out).map((line): unknown =>
        JSON.parse(line),
      );
      const [, , , second] = stamped;
      if (typeof second !== "object" || second === null || !("at" in second)) throw new Error("no time");
      const since = lines((await project.well(`logs --since ${String(second.at)}`)).out);
      expect(since.map((line) => line.replace(/^\S+\s+[|!] /, ""))).toEqual(["second life"]);
    });
  });

  test("make control sequences visible instead of obeying them", async () => {
    const port = 15244;
    await inProject("control", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      await ask(port, `/say?text=${encodeURIComponent("\u001b[2J\u001b]0;owned\u0007back\rforth")}`);
      await until("it was seen", async () => (await project.well("logs")).out.includes("forth"));
      const { out } = await project.well("logs");
      // oxlint-disable-next-line no-control-regex -- what must not be there
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(out).toContain("owned");
    });
  });
});

describe("what is asked about agents", () => {
  test("is told as a table, as wide as wanted, as names and as JSON", async () => {
    const [port, other] = [15245, 15246];
    const files = {
      ...deskIn("ana", desk("ana", port)),
      ...deskIn("ben", desk("ben", other, { path: "none" })),
    };
    await inProject("table", files, async (project) => {
      expect((await project.well("status")).out).toContain("nothing is applied");
      await project.well("apply --yes");
      const table = lines((await project.well("status")).out);
      expect(table[0]).toMatch(/^AGENT +REPLICA +STATE +HEALTH +RESTARTS +AGE +PORTS$/);
      expect(table[1]).toMatch(
        new RegExp(`^ana +0 +ready +healthy +0 +\\S+ +http://127\\.0\\.0\\.1:${port}$`),
      );
      expect(table[2]).toMatch(new RegExp(`^ben +0 +ready +- +0 +\\S+ +tcp://127\\.0\\.0\\.1:${other}$`));
      const wide = lines((await project.well("status ana -o wide")).out);
      expect(wide[0]).toMatch(/PORTS +ID +IMAGE +CPU +MEM +REVISION$/);
      expect(wide[1]).toContain(` ${await project.pidOf("ana")} `);
      expect(wide).toHaveLength(2);
      expect(lines((await project.well("status -o name")).out).map((line) => line.split("/")[0])).toEqual([
        "ana",
        "ben",
      ]);
      expect((await project.status()).agents).toMatchObject([
        { agent: "ana", state: "ready", ports: [`http://127.0.0.1:${port}`], source: "ana/agent.yaml" },
        { agent: "ben", state: "ready", source: "ben/agent.yaml" },
      ]);
      expect(await project.aac("status nobody")).toMatchObject({ code: 2 });
      const seen: unknown = JSON.parse((await project.well("inspect ana")).out);
      expect(seen).toMatchObject({
        kind: "Inspection",
        agent: "ana",
        workingDirectory: `${project.folder}/ana`,
        process: { pid: await project.pidOf("ana"), cwd: `${project.folder}/ana` },
        environment: { PORT: String(port) },
      });
      expect((await project.aac("inspect nobody")).code).not.toBe(0);
    });
  });

  test("is waited for: ready, stopped, and in vain with the reason", async () => {
    const port = 15247;
    await inProject("waited", deskIn(".", desk("ana", port)), async (project) => {
      expect(await project.aac("wait --timeout 1ms")).toMatchObject({ code: 1 });
      await project.well("apply --yes");
      expect((await project.well("wait")).out).toContain("ana: ready");
      const waiting = project.begin("wait ana --for stopped --timeout 50s");
      await project.well("stop ana");
      expect(await waiting.ended).toMatchObject({ code: 0, out: "ana: stopped\n" });
      const vain = await project.aac("wait ana --timeout 1ms");
      expect(vain).toMatchObject({ code: 1 });
      expect(vain.err).toContain("ana is stopped");
      expect((await project.aac("wait nobody --timeout 1ms")).err).toContain("nobody is not applied");
      expect(await project.aac("wait --for lunch")).toMatchObject({ code: 2 });
    });
  });
});
