import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Json } from "../../src/base/canonical.ts";
import { files } from "../../src/system/files.ts";
import { connect } from "../../targets/kubernetes/client.ts";
import { isMap } from "../../targets/kubernetes/manifest/shape.ts";
import { emitFixture } from "../helpers/emit-fixture.ts";
import { cases } from "../helpers/load-fixture.ts";
import { describeOn } from "./engines.ts";

/** Those that the format can carry, with what comes of them. */
async function written(format: string): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const all = await Promise.all(
    cases().map(async (name) => ({ name, made: await emitFixture(name, format) })),
  );
  const profiles = { compose: "laptop", kubernetes: "production" }[format];
  const usual = await emitFixture("usual", format, profiles === undefined ? {} : { profile: profiles });
  return [...all, { name: `usual, ${profiles ?? ""}`, made: usual }].flatMap(({ name, made }) =>
    made.is === "written" ? [{ name, text: made.text }] : [],
  );
}

await describeOn("compose", "compose", ({ AAC_BENCH_COMPOSE: program = "" }) => {
  test("reads each case that is emitted for it", { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "aac-emit-"));
    try {
      const found = await written("compose");
      expect(found.length).toBeGreaterThan(15);
      const refused = found.flatMap(({ name, text }) => {
        const file = join(folder, "compose.yaml");
        writeFileSync(file, text);
        // Each variable that a file asks for is there.
        const names = [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map((match) => [match[1] ?? "", "given"]);
        const env = { PATH: process.env["PATH"], HOME: folder, ...Object.fromEntries(names) };
        const ran = spawnSync(program, ["-f", file, "config", "-q"], { cwd: folder, env, encoding: "utf8" });
        return ran.status === 0 ? [] : [`${name}: ${ran.stderr}`];
      });
      expect(refused).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("stops where a secret is not given, and says which", () => {
    const folder = mkdtempSync(join(tmpdir(), "aac-emit-"));
    try {
      const file = join(import.meta.dirname, "../../fixtures/usual/expect/compose.yaml");
      const env = { PATH: process.env["PATH"], HOME: folder, DESK_TOKEN: "given" };
      const ran = spawnSync(program, ["-f", file, "config", "-q"], { cwd: folder, env, encoding: "utf8" });
      expect(ran.status).not.toBe(0);
      expect(ran.stderr).toContain("STORE_TOKEN");
      expect(ran.stderr).toContain("store needs it");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/default/configmaps",
  PersistentVolumeClaim: "/api/v1/namespaces/default/persistentvolumeclaims",
  Service: "/api/v1/namespaces/default/services",
  Deployment: "/apis/apps/v1/namespaces/default/deployments",
};

await describeOn("kubernetes", "a cluster", (environment) => {
  test("takes each manifest that is emitted for it", { timeout: 120_000 }, async () => {
    const connected = await connect({ namespace: "default" }, environment, files);
    if (!connected.ok) throw new Error(connected.error.message);
    const cluster = connected.value;
    try {
      const found = await written("kubernetes");
      expect(found.length).toBeGreaterThan(15);
      const manifests = found.flatMap(({ name, text }) =>
        parseAllDocuments(text).map((document) => ({ name, manifest: manifestIn(document.toJSON()) })),
      );
      const refused: string[] = [];
      for (const { name, manifest } of manifests) {
        const path = `${PATHS[manifest.kind] ?? ""}/${manifest.name}`;
        const answer = await cluster.request("PATCH", path, {
          body: manifest.whole,
          contentType: "application/apply-patch+yaml",
          query: { dryRun: "All", fieldManager: "emitted", force: true, fieldValidation: "Strict" },
        });
        if (answer.is === "lost" || answer.status >= 300) refused.push(`${name}: ${JSON.stringify(answer)}`);
      }
      expect(refused).toEqual([]);
    } finally {
      cluster.close();
    }
  });
});

function manifestIn(value: Json): { readonly kind: string; readonly name: string; readonly whole: Json } {
  const { kind, metadata } = isMap(value) ? value : {};
  const name = isMap(metadata) ? metadata["name"] : undefined;
  if (typeof kind !== "string" || typeof name !== "string") throw new Error("this is no manifest");
  return { kind, name, whole: value };
}
