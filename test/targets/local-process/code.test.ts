import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf } from "../../../src/facts/code.ts";
import { system } from "../../../src/system/system.ts";
import type { System } from "../../../src/model/system.ts";
import {
  CODE,
  type CodeMap,
  nameOf,
  neededBy,
  neededIn,
} from "../../../targets/local-process/code/layout.ts";
import { liesIn } from "../../../targets/local-process/code/look.ts";
import { inTree, workingInTree } from "../../../targets/local-process/code/mapped.ts";
import { keepCode, lackOf } from "../../../targets/local-process/code/store.ts";
import { sweepCode } from "../../../targets/local-process/code/sweep.ts";
import { layOut } from "../../../targets/local-process/code/tree.ts";

const NONE: ReadonlySet<string> = new Set();
const opened: string[] = [];

afterEach(() => {
  for (const folder of opened.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Place {
  readonly root: string;
  readonly folder: string;
  readonly home: string;
  write(path: string, content: string | Uint8Array, mode?: number): void;
  /** As the facts of a plan say it. */
  code(): CodeMap;
  keep(
    code?: CodeMap,
    more?: { readonly bound?: number; readonly inUse?: ReadonlySet<string> },
  ): readonly string[];
  layOut(code: CodeMap): ReturnType<typeof layOut>;
}

function place(): Place {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "aac-code-")));
  opened.push(top);
  const [root, home] = [join(top, "project"), join(top, "home")];
  const folder = join(root, "desk");
  mkdirSync(folder, { recursive: true });
  mkdirSync(home);
  const code = (): CodeMap =>
    codeOf({
      files: system.files,
      folder,
      root,
      include: [],
      exclude: [],
      hash: system.digests.sha256,
      apart: { agents: NONE, secrets: NONE },
    }).digests;
  return {
    root,
    folder,
    home,
    write(path, content, mode) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      if (mode !== undefined) chmodSync(join(folder, path), mode);
    },
    code,
    keep: (one = code(), more = {}) =>
      keepCode(system, { home, folder, root, code: one, inUse: NONE, ...more }),
    layOut: (one) => layOut(system, { home, folder, root, code: one }),
  };
}

const kept = ({ home }: Place): readonly string[] => readdirSync(CODE.objects(home));

describe("code that is put aside", () => {
  test("comes back byte for byte, read-only, with the modes and links that it had", async () => {
    const here = place();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);
    here.write("a.yaml", "one: 1\n");
    here.write("bin/run.sh", "#!/bin/sh\necho old\n", 0o755);
    here.write("data/model.bin", bytes);
    mkdirSync(join(here.root, "shared"));
    writeFileSync(join(here.root, "shared/words.txt"), "shared");
    symlinkSync("bin/run.sh", join(here.folder, "inside"));
    symlinkSync("../shared/words.txt", join(here.folder, "outside"));
    const code = here.code();
    expect(Object.keys(code).toSorted()).toEqual([
      "a.yaml",
      "bin/run.sh",
      "data/model.bin",
      "inside",
      "outside",
    ]);
    expect(here.keep(code)).toEqual([]);
    rmSync(here.folder, { recursive: true });
    const tree = await here.layOut(code);
    if (!tree.ok) throw new Error(tree.error.message);
    expect(tree.value).toBe(CODE.tree(here.home, nameOf(code, system.digests.sha256)));
    expect(new Uint8Array(readFileSync(join(tree.value, "data/model.bin")))).toEqual(bytes);
    expect(readFileSync(join(tree.value, "inside"), "utf8")).toBe("#!/bin/sh\necho old\n");
    expect(readlinkSync(join(tree.value, "outside"))).toBe(join(here.root, "shared/words.txt"));
    const mode = (path: string): number => statSync(join(tree.value, path)).mode & 0o777;
    expect([mode("a.yaml"), mode("bin/run.sh")]).toEqual([0o400, 0o500]);
    // Once more, where it lies already: the same, and what somebody changed in it is put right.
    rmSync(join(tree.value, "a.yaml"));
    writeFileSync(join(tree.value, "a.yaml"), "two");
    expect(await here.layOut(code)).toEqual(tree);
    expect(readFileSync(join(tree.value, "a.yaml"), "utf8")).toBe("one: 1\n");
  });

  test("is kept once however often it is there, for its owner alone, and read no second time", () => {
    const here = place();
    here.write("a.js", "same");
    here.write("b.js", "same");
    here.keep();
    expect(kept(here)).toEqual([system.digests.sha256("same")]);
    expect(statSync(CODE.object(here.home, kept(here)[0] ?? "")).mode & 0o777).toBe(0o600);
    const reads: string[] = [];
    const counting: System = {
      ...system,
      files: {
        ...system.files,
        read(path, limit) {
          reads.push(path);
          return system.files.read(path, limit);
        },
      },
    };
    const { home, folder, root } = here;
    keepCode(counting, { home, folder, root, code: here.code(), inUse: NONE });
    expect(reads.filter((path) => path.startsWith(folder))).toEqual([]);
  });

  test("that was edited since the plan is not kept under the name of what it was", () => {
    const here = place();
    here.write("a.js", "planned");
    const code = here.code();
    here.write("a.js", "edited");
    here.keep(code);
    expect(kept(here)).toEqual([]);
    expect(lackOf(system, here.home, code)).toBe("nothing of its code was kept then");
  });

  test("makes room by the oldest that nobody uses, and never by what lives", () => {
    const here = place();
    const digests = ["old", "older", "used"].map((name, i) => {
      here.write("a.js", name.padEnd(100));
      here.keep();
      const digest = system.digests.sha256(name.padEnd(100));
      utimesSync(CODE.object(here.home, digest), 1000 + i, [1002, 1001, 1000][i] ?? 0);
      return digest;
    });
    const [old = "", older = "", used = ""] = digests;
    here.write("a.js", "new".padEnd(100));
    expect(here.keep(here.code(), { bound: 300, inUse: new Set([used]) })).toEqual([]);
    expect(kept(here).includes(older)).toBe(false);
    expect(kept(here)).toEqual(expect.arrayContaining([old, used, here.code()["a.js"]]));
  });

  test("that is too large for all that is kept is not kept, and that is said", () => {
    const here = place();
    here.write("a.js", "small");
    here.keep();
    here.write("large.bin", "x".repeat(2000));
    const told = here.keep(here.code(), { bound: 1000 });
    expect(told).toEqual([expect.stringMatching(/^`large\.bin` cannot be kept .* cannot be gone back to$/)]);
    expect(kept(here)).toEqual([system.digests.sha256("small")]);
    expect(lackOf(system, here.home, here.code())).toBe("`large.bin` of then was not kept");
  });

  test("where nothing can be written keeps no agent from starting, and is said", () => {
    const here = place();
    here.write("a.js", "one");
    writeFileSync(join(here.home, "code"), "a file in its place");
    expect(here.keep()).toEqual([
      expect.stringMatching(/^its code cannot be kept, so nothing can bring it back: /),
    ]);
  });

  test("of which something is gone or damaged is not brought back half, and the file is named", async () => {
    const here = place();
    here.write("a.js", "one");
    here.write("b.js", "two");
    const code = here.code();
    here.keep(code);
    writeFileSync(CODE.object(here.home, code["b.js"] ?? ""), "tow");
    expect(await here.layOut(code)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("what was kept of `b.js` is damaged") },
    });
    rmSync(CODE.object(here.home, code["b.js"] ?? ""));
    expect(await here.layOut(code)).toMatchObject({
      ok: false,
      error: { message: "its code of then cannot be brought back: `b.js` of then was not kept" },
    });
  });

  test("is never laid out beside its own folder", async () => {
    const here = place();
    here.write("a.js", "one");
    here.keep();
    const digest = here.code()["a.js"] ?? "";
    for (const path of ["../a.js", "/tmp/a.js", "a/../../b.js", "./a.js"])
      expect(await here.layOut({ [path]: digest })).toMatchObject({
        ok: false,
        error: { message: `\`${path}\` is no path of an agent's code` },
      });
  });

  test("finds the packages that are installed beside it or above it", async () => {
    const here = place();
    here.write("a.js", "one");
    const code = here.code();
    here.keep(code);
    mkdirSync(join(here.root, "node_modules/left"), { recursive: true });
    const first = await here.layOut(code);
    if (!first.ok) throw new Error(first.error.message);
    expect(realpathSync(join(first.value, "node_modules"))).toBe(join(here.root, "node_modules"));
    mkdirSync(join(here.folder, "node_modules"));
    await here.layOut(code);
    expect(realpathSync(join(first.value, "node_modules"))).toBe(join(here.folder, "node_modules"));
  });

  test("goes when neither a revision needs it nor anything that lives, and stays otherwise", async () => {
    const here = place();
    const codes: CodeMap[] = [];
    for (const version of ["living", "needed", "nobody's"]) {
      here.write("a.js", version);
      codes.push(here.code());
      here.keep();
      expect((await here.layOut(here.code())).ok).toBe(true);
    }
    const [living = {}, needed = {}, nobodys = {}] = codes;
    const { sha256 } = system.digests;
    const tree = CODE.tree(here.home, nameOf(living, sha256));
    sweepCode(system, here.home, neededIn(neededBy(needed, sha256)), [{ code: living, tree }]);
    expect(kept(here).toSorted()).toEqual([living, needed].map((code) => code["a.js"] ?? "").toSorted());
    expect(readdirSync(CODE.trees(here.home))).toEqual([nameOf(living, sha256)]);
    expect(existsSync(CODE.map(here.home, nameOf(nobodys, sha256)))).toBe(false);
    expect((await here.layOut(needed)).ok).toBe(true);
    expect((await here.layOut(nobodys)).ok).toBe(false);
  });
});

describe("whether code lies in its folder still", () => {
  test("is told by what the files hold, and by where links lead", () => {
    const here = place();
    here.write("a.js", "one");
    symlinkSync("a.js", join(here.folder, "link"));
    const code = here.code();
    const lies = (): boolean => liesIn(system, here.folder, here.root, code);
    expect(lies()).toBe(true);
    rmSync(join(here.folder, "link"));
    symlinkSync("a.yaml", join(here.folder, "link"));
    expect(lies()).toBe(false);
    rmSync(join(here.folder, "link"));
    symlinkSync("a.js", join(here.folder, "link"));
    expect(lies()).toBe(true);
    here.write("a.js", "two");
    expect(lies()).toBe(false);
  });
});

describe("a path of a command in the code of then", () => {
  const mapping = {
    folders: ["/p/desk", "/real/desk"],
    tree: "/home/tree",
    code: { "bin/run.sh": "1", "main.js": "2" },
  };

  test("leads there where it is code, and stays where it is anything else", () => {
    const to = (path: string): string => inTree(path, mapping);
    expect(to("/p/desk/bin/run.sh")).toBe("/home/tree/bin/run.sh");
    expect(to("/real/desk/main.js")).toBe("/home/tree/main.js");
    expect(to("/p/desk/bin")).toBe("/home/tree/bin");
    expect(to("/p/desk")).toBe("/home/tree");
    expect(to("/p/desk/.venv/bin/python")).toBe("/p/desk/.venv/bin/python");
    expect(to("/p/desktop/main.js")).toBe("/p/desktop/main.js");
    expect(to("main.js")).toBe("main.js");
    expect(to("--port=80")).toBe("--port=80");
  });

  test("is worked in also where the folder holds no code", () => {
    expect(workingInTree("/p/desk/data", mapping)).toBe("/home/tree/data");
    expect(workingInTree("/p/desk", mapping)).toBe("/home/tree");
    expect(workingInTree("/p/other", mapping)).toBe("/p/other");
  });
});
