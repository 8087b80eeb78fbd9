import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { FieldChange } from "../../../src/model/plan.ts";
import type { Fields, Observed, Resource } from "../../../src/model/resource.ts";
import { diff } from "../../../src/plan/diff.ts";
import { kinds } from "../../../targets/kubernetes/kinds.ts";
import { thenOf } from "../../../targets/kubernetes/live/asked-then.ts";
import { liveObject } from "../../../targets/kubernetes/live/live.ts";
import { askedIn, askedText } from "../../../targets/kubernetes/manifest/asked.ts";
import { digestOf, toFields, toManifest } from "../../../targets/kubernetes/manifest/fields.ts";
import { ownedPaths, project } from "../../../targets/kubernetes/manifest/owned.ts";
import { ANNOTATION } from "../../../targets/kubernetes/names.ts";
import type { Manifest } from "../../../targets/kubernetes/shapes.ts";
import recorded from "./recorded-owners.json" with { type: "json" };

const FIELDS: Fields = { config: { greeting: "hello", topics: ["a", "b"] } };

async function marked(fields: Fields, isSent = true): Promise<Readonly<Record<string, string>>> {
  const text = await askedText({ fields, isSent });
  return {
    [ANNOTATION.digest]: digestOf(fields),
    ...(text === undefined ? {} : { [ANNOTATION.asked]: text }),
  };
}

describe("what an object was asked for", () => {
  test("is read as it was written, with whether it is what was sent", async () => {
    expect(await askedIn(await marked(FIELDS))).toEqual({ fields: FIELDS, isSent: true });
    expect(await askedIn(await marked(FIELDS, false))).toEqual({ fields: FIELDS, isSent: false });
  });

  test("is the same text whatever the order of its fields, and says nothing of whether it came up", async () => {
    const other = { rolledOut: true, config: { topics: ["a", "b"], greeting: "hello" } };
    expect(await askedText({ fields: other, isSent: true })).toBe((await marked(FIELDS))[ANNOTATION.asked]);
  });

  test("is known by its digest alone where it is too long to be kept", async () => {
    const noise = Array.from({ length: 4000 }, (_, i) => digestOf({ i }));
    expect(await askedText({ fields: { noise }, isSent: true })).toBeUndefined();
    // What says the same again and again is short.
    expect(await askedText({ fields: { noise: "a".repeat(900_000) }, isSent: true })).toBeDefined();
  });

  test("is believed only where the digest beside it vouches for it", async () => {
    const good = await marked(FIELDS);
    const text = good[ANNOTATION.asked] ?? "";
    const foreign = await askedText({ fields: { config: { greeting: "bye" } }, isSent: true });
    const long = await askedText({ fields: { a: "a".repeat(6 * 1024 * 1024) }, isSent: true });
    for (const broken of [foreign, long, "", "back:", "{}", text.slice(0, -9), text.replace(/.$/, "*")])
      expect(
        await askedIn({ ...good, [ANNOTATION.asked]: broken ?? "" }),
        broken?.slice(0, 40),
      ).toBeUndefined();
    expect(await askedIn({ [ANNOTATION.asked]: text })).toBeUndefined();
    expect(await askedIn({ [ANNOTATION.digest]: digestOf(FIELDS) })).toBeUndefined();
    expect(await askedIn(undefined)).toBeUndefined();
  });

  test("stands on the object and nowhere in its pods, and is no field", async () => {
    const wanted = { kind: "Deployment", name: "desk", agent: "desk", source: "", after: [], protect: false };
    const fields: Fields = { spec: { replicas: 1 } };
    const where = { project: "shop", namespace: "prod", origin: "here" };
    const asked = await askedText({ fields, isSent: true });
    const [without, with_] = [
      toManifest({ ...wanted, fields }, where),
      toManifest({ ...wanted, fields }, where, asked === undefined ? {} : { asked }),
    ];
    expect(with_.metadata.annotations?.[ANNOTATION.asked]).toBe(asked);
    expect(with_["spec"]).toEqual(without["spec"]);
    expect(toFields(with_)).toEqual(toFields(without));
  });
});

/** As a server kept it: GREETING edited with kubectl, a limit taken over by a tuner, scaled for a hold. */
const { untouched, edited } = recorded as unknown as Readonly<Record<string, Manifest>>;
const POD = "spec/template/spec";
const DESK = `${POD}/containers/desk`;

function given(manifest: Manifest | undefined): Manifest {
  if (manifest === undefined) throw new Error("it was not recorded");
  return manifest;
}

const ASKED = project(toFields(given(untouched)), ownedPaths(given(untouched)));
const KEY_ID = "0a1b2c";

/** With the value at a place changed; `undefined` takes it away. */
function withValue(tree: Fields, path: string, value: Json | undefined): Fields {
  const [first = "", ...rest] = path.split("/");
  const { [first]: below, ...others } = tree;
  if (rest.length === 0) return value === undefined ? others : { ...others, [first]: value };
  return { ...others, [first]: withValue((below ?? {}) as Fields, rest.join("/"), value) };
}

const wants = (fields: Fields): Resource => ({
  id: "desk/Deployment/desk",
  agent: "desk",
  kind: "Deployment",
  name: "desk",
  after: [],
  follows: [],
  fields,
  exchange: "start first",
  holdsData: false,
  protect: false,
  source: "agent.yaml",
  written: {},
});

async function seen(
  manifest: Manifest,
  asked: { readonly fields: Fields; readonly isSent?: boolean } | undefined,
  wanted?: Fields,
): Promise<Observed> {
  const { [ANNOTATION.asked]: _, ...rest } = manifest.metadata.annotations ?? {};
  const remembered = asked === undefined ? {} : await marked(asked.fields, asked.isSent);
  const live = {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...rest, ...remembered } },
  };
  const resource = wanted === undefined ? undefined : wants(wanted);
  return liveObject(live, resource, KEY_ID, await thenOf(live, resource)).observed;
}

function diffOf(observed: Observed, wanted: Fields): readonly FieldChange[] {
  const rules = kinds["Deployment"];
  if (rules === undefined) throw new Error("a Deployment has rules");
  return diff(wants(wanted), observed, rules);
}

const originsOf = (observed: Observed, wanted: Fields): readonly string[] =>
  diffOf(observed, wanted).map(({ path, origin }) => `${path} ${origin}`);

const GREETING = `${DESK}/env/GREETING/value`;
const MEMORY = `${DESK}/resources/limits/memory`;

describe("a live object whose file was edited", () => {
  const file = withValue(withValue(ASKED, `${DESK}/image`, "busybox:1.37"), GREETING, "good day");

  test("still tells what somebody else changed from what the file did", async () => {
    expect(originsOf(await seen(given(edited), { fields: ASKED }, file), file)).toEqual([
      "spec/replicas drift",
      `${GREETING} both`,
      `${DESK}/image edit`,
      `${MEMORY} drift`,
    ]);
  });

  test("says with whom and when", async () => {
    const { others, changedAt } = await seen(given(edited), { fields: ASKED }, file);
    expect(others?.[GREETING]).toBe("kubectl-edit");
    expect(changedAt?.[GREETING]).toBe("2026-11-21T14:09:16Z");
  });

  test("and knows only what is still our own, where it was applied before that was kept", async () => {
    expect(originsOf(await seen(given(edited), undefined, file), file)).toEqual([
      "spec/replicas both",
      `${GREETING} both`,
      `${DESK}/image edit`,
      `${MEMORY} both`,
    ]);
  });

  test("is not said to have drifted where the server writes in other words what was sent", async () => {
    const sent = withValue(ASKED, `${DESK}/image`, "mirror/busybox:1.36");
    expect(originsOf(await seen(given(untouched), { fields: sent }, file), file)).toEqual([
      `${GREETING} edit`,
      `${DESK}/image edit`,
    ]);
  });

  test("is, where it was put back with what somebody else had written", async () => {
    const asked = { fields: withValue(ASKED, GREETING, "hi"), isSent: false };
    expect(originsOf(await seen(given(untouched), asked, file), file)).toEqual([
      `${GREETING} both`,
      `${DESK}/image edit`,
    ]);
  });

  test("leaves to somebody else what it asks for no more and they had taken over", async () => {
    const without = withValue(ASKED, MEMORY, undefined);
    const observed = await seen(given(edited), { fields: ASKED }, without);
    expect(originsOf(observed, without)).toEqual(["spec/replicas drift", `${GREETING} drift`]);
    expect(JSON.stringify(observed.asked)).not.toContain("memory");
  });

  test("shows what goes with an item of a list as somebody else wrote it", async () => {
    const item = `${DESK}/env/GREETING`;
    const without = withValue(ASKED, item, undefined);
    const observed = await seen(given(edited), { fields: ASKED }, without);
    const change = diffOf(observed, without).find(({ path }) => path === item);
    expect(change).toMatchObject({ from: { value: "bye" }, origin: "both", by: "kubectl-edit" });
    expect(change).not.toHaveProperty("to");
  });

  test("still knows what was asked for and is gone", async () => {
    const more = withValue(ASKED, `${POD}/hostNetwork`, true);
    const observed = await seen(given(untouched), { fields: more }, file);
    expect(originsOf(observed, withValue(file, `${POD}/hostNetwork`, true))).toContain(
      `${POD}/hostNetwork drift`,
    );
  });

  test("compares no secret of another key", async () => {
    const other = withValue(ASKED, "secrets", { KEY: "ffffff:33" });
    const observed = await seen(given(untouched), { fields: other, isSent: false }, file);
    expect(observed.asked?.["secrets"]).toEqual({ KEY: null });
  });
});

test("a live object that no file asks for shows what others took over beside what was asked for", async () => {
  const { fields, asked = {}, others } = await seen(given(edited), { fields: ASKED });
  expect(JSON.stringify(asked)).toContain('"hello"');
  expect(JSON.stringify(fields)).toContain('"replicas":');
  expect(Object.keys(others ?? {})).toEqual([GREETING, MEMORY]);
  expect(others?.[MEMORY]).toBe("tuner");
});
