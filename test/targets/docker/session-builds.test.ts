import { describe, expect, test } from "vitest";
import { buildAfter, buildPulled, builtSays, NOTHING_BUILT } from "../../../targets/docker/image/built.ts";
import { NOTHING_PULLED, pullAfter, pullSays, type Said } from "../../../targets/docker/image/pulled.ts";
import type { Told } from "../../../targets/docker/image/progress.ts";

/** As an engine prints it: two steps of the recipe, and one for a label of ours. */
const PRINTED = [
  "Step 1/3 : FROM busybox",
  " ---> 1a2b",
  "Step 2/3 : RUN pip install fastapi",
  " ---> Running in 3c4d",
  "Collecting fastapi",
  "",
  "Removing intermediate container 3c4d",
  "Step 3/3 : LABEL agent.dev/project=desk",
  " ---> Using cache",
  "Successfully built 5e6f",
];

function built(lines: readonly string[], labels: number) {
  let build = NOTHING_BUILT;
  const said = lines.flatMap((line): readonly Said[] => {
    const next = buildAfter(build, line, labels);
    build = next.build;
    return next.said === undefined ? [] : [next.said];
  });
  return { build, said };
}

describe("a build", () => {
  test("is as far as its own steps are, and says what the one that runs prints", () => {
    expect(built(PRINTED, 1).said).toEqual([
      { text: "step 1 of 2: FROM busybox", part: { done: 0, of: 2 } },
      { text: "step 2 of 2: RUN pip install fastapi", part: { done: 1, of: 2 } },
      { text: "step 2 of 2: Collecting fastapi", part: { done: 1, of: 2 } },
    ]);
  });

  test("says at its end how much of it was there before", () => {
    const ends = (lines: readonly string[], labels = 0): string | undefined =>
      builtSays(built(lines, labels).build)?.text;
    expect(ends(PRINTED, 1)).toBe("built 2 of 2 steps, 1 from the cache");
    expect(ends(["Step 1/2 : FROM x", "Step 2/2 : RUN y"])).toBe("built 2 of 2 steps");
    expect(ends(["Step 1/1 : FROM x", " ---> Using cache"])).toBe("built 1 of 1 steps, all from the cache");
    expect(ends(["nobody knows"])).toBeUndefined();
  });

  test("that begins with an image which is not there says how far that is", () => {
    const { build } = built(["Step 1/2 : FROM python"], 0);
    const told: Told = { id: "a", status: "Downloading", bytes: { done: 3e6, of: 12e6 } };
    expect(buildPulled(build, told).said).toEqual({
      text: "step 1 of 2: pulled 3 of 12 MB, 0 of 1 layers",
      part: { done: 0, of: 2 },
    });
    expect(buildPulled(build, { status: "Digest: sha256:1" }).said).toBeUndefined();
  });
});

describe("a pull", () => {
  const says = (...told: readonly Told[]): Said => pullSays(told.reduce(pullAfter, NOTHING_PULLED));
  const bytes = (id: string, done: number, of: number): Told => ({
    id,
    status: "Downloading",
    bytes: { done, of },
  });

  test("counts bytes once all layers have said how many they have, and layers before", () => {
    const all: readonly Told[] = [
      { id: "latest", status: "Pulling from library/python" },
      { id: "a", status: "Already exists" },
      { id: "b", status: "Pulling fs layer" },
      { id: "c", status: "Pulling fs layer" },
      bytes("b", 2e6, 30e6),
    ];
    expect(says(...all)).toEqual({ text: "pulled 2 MB so far, 1 of 3 layers", part: { done: 1, of: 3 } });
    expect(says(...all, bytes("c", 10e6, 10e6), { id: "c", status: "Verifying Checksum" })).toEqual({
      text: "pulled 12 of 40 MB, 1 of 3 layers",
      part: { done: 12e6, of: 40e6 },
    });
  });

  test("does not go back while it is unpacked, and is whole at its end", () => {
    const down: readonly Told[] = [bytes("a", 1e6, 4e6), { id: "a", status: "Download complete" }];
    const unpacked: Told = { id: "a", status: "Extracting", bytes: { done: 1, of: 4e6 } };
    expect(says(...down, unpacked).text).toBe("pulled 4 of 4 MB, 0 of 1 layers");
    expect(says(...down, unpacked, { id: "a", status: "Pull complete" }).part).toEqual({
      done: 4e6,
      of: 4e6,
    });
  });

  test("of an image whose layers are all there pulls nothing", () => {
    expect(says({ id: "a", status: "Already exists" }).text).toBe("pulled 1 of 1 layers");
    expect(says({ id: "latest", status: "Pulling from x" }).text).toBe("asking for its layers");
  });

  test("says small and large amounts as people do", () => {
    expect(says(bytes("a", 1500, 20_000)).text).toBe("pulled 2 of 20 kB, 0 of 1 layers");
    expect(says(bytes("a", 1.24e9, 3.4e9)).text).toBe("pulled 1.2 of 3.4 GB, 0 of 1 layers");
  });
});
