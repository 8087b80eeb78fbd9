import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { textWidth } from "../../src/ui/plan/columns.ts";
import { plain } from "../../src/ui/plan/plain.ts";
import { CASES, change, create, field, keep, report, sample } from "./plan-cases.ts";

const at = (width: number) => ({ paint: plainPaint, width });

function show(name: string, width = 100): string {
  const one = CASES[name];
  if (one === undefined) throw new Error(`no case ${name}`);
  return plain(one, at(width));
}

describe("a plan on a screen", () => {
  test("creates one", () => {
    expect(show("create one")).toMatchInlineSnapshot(`
      "desk → local-process   1 create

        +   alpha  process  create  new  agent.yaml:7

      + alpha · process
          + process  python main.py

      Preflight: alpha can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("says why, how and at what cost, line by line", () => {
    expect(show("sample", 110)).toMatchInlineSnapshot(`
      "desk → local-process   1 create · 1 replace · 1 update · 4 unchanged       worst: researcher away for ~2 s
        1 secret changed · 1 field drifted

        -/+ researcher  process               replace, stop first  command[2] edited +3  agent.yaml:14
        ~   chatbot     listener              in place             replicas edited       agent.yaml:27
        +   summarizer  environment, process  create               new                   agent.yaml:41

      -/+ researcher · process
          because   command[2] was edited (agent.yaml:14): a running process cannot change its arguments
          costs     ~2 s without researcher; chatbot keeps running, its dependency is briefly unready
          ~ command[2]                  --model=gpt-4 → --model=gpt-4o  agent.yaml:14
          ~ environment.LOG_LEVEL       INFO          → DEBUG           agent.yaml:19
          ~ environment.OPENAI_API_KEY  (secret changed)
          ! resources.limits.memory     96Mi          → 128Mi           drifted: changed outside aac

      ~ chatbot · listener
          ~ replicas  2 → 3  agent.yaml:27

      + summarizer · environment, process
          + process  python main.py

        -/+ researcher   ~ chatbot   + summarizer

      Preflight: all 3 can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("has room on 60 columns too", () => {
    expect(show("sample", 60)).toMatchInlineSnapshot(`
      "desk → local-process
        1 create · 1 replace · 1 update · 4 unchanged
        worst: researcher away for ~2 s
        1 secret changed · 1 field drifted

        -/+ researcher · process
              replace, stop first · command[2] edited +3 ·
              agent.yaml:14
        ~   chatbot · listener
              in place · replicas edited · agent.yaml:27
        +   summarizer · environment, process
              create · new · agent.yaml:41

      -/+ researcher · process
          because   command[2] was edited (agent.yaml:14): a
                    running process cannot change its arguments
          costs     ~2 s without researcher; chatbot keeps
                    running, its dependency is briefly unready
          ~ command[2]             --model=gpt-4 → --model=gpt-4o
              agent.yaml:14
          ~ environment.LOG_LEVEL  INFO          → DEBUG
              agent.yaml:19
          ~ environment.OPENAI_API_KEY
                                   (secret changed)
          ! resources.limits.memory
                                   96Mi          → 128Mi
              drifted: changed outside aac

      ~ chatbot · listener
          ~ replicas  2 → 3  agent.yaml:27

      + summarizer · environment, process
          + process  python main.py

        -/+ researcher   ~ chatbot   + summarizer

      Preflight: all 3 can start.   Plan only: nothing was
      changed.
      Next: aac apply
      "
    `);
  });

  test("tells drift apart from an edit, in word and sign", () => {
    expect(show("drift only")).toMatchInlineSnapshot(`
      "desk → local-process   1 update · 1 unchanged       worst: nothing stops
        1 field drifted

        ~   alpha  process  in place  limits.memory drifted

      ~ alpha · process
          ! limits.memory  96Mi → 128Mi  drifted: changed by ana

      Preflight: alpha can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("says that nothing would change", () => {
    expect(show("no change")).toMatchInlineSnapshot(`
      "desk → local-process   no changes: 2 agents are as agent.yaml says

      Next: aac status
      "
    `);
  });

  test("deletes a whole agent in one line", () => {
    expect(show("delete an agent")).toMatchInlineSnapshot(`
      "desk → local-process   1 delete · 1 unchanged       worst: old would be gone

        -   old  environment, process  delete  no longer in the files  agent.yaml

      Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("says first what would be lost", () => {
    expect(show("data loss")).toMatchInlineSnapshot(`
      "desk → local-process   2 replace       worst: vault · volume data would lose its data

        -/+ vault  volume data  replace, stop first, loses data  size edited
        -/+ vault  process      replace, stop first              ^ follows vault · volume data

      -/+ vault · volume data
          because   size was edited: a volume cannot shrink
          costs     a while without vault, not timed yet
          loses     the data in it, for good
          ~ size  2Gi → 1Gi

      -/+ vault · process
          costs     a while without vault, not timed yet
          ^ follows  vault · volume data, which will change

        -/+ vault · volume data   -/+ vault · process

      Preflight: vault can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("refuses, and says what would allow it", () => {
    expect(show("refusal")).toMatchInlineSnapshot(`
      "desk → local-process   1 delete · 1 unchanged       worst: old would be gone
        refused

        -   old  process  delete  no longer in the files  agent.yaml

      error: old · process is protected: this plan would delete it
          to allow it, take it down by its file without metadata.protect: aac destroy --target-agent old
      error: 2 of 3 agents would be deleted, which is more than half
          if that is meant: --confirm desk
      Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("leaves alone what is held and what comes from elsewhere", () => {
    expect(show("held")).toMatchInlineSnapshot(`
      "desk → local-process   1 create · 1 unchanged · 1 held

        +   gamma  process  create  new  agent.yaml

        = beta  held by ana since 02:14: stopped
      3 objects of this project come from elsewhere: left alone · --prune deletes them

      Preflight: gamma can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("destroys", () => {
    expect(show("destroy")).toMatchInlineSnapshot(`
      "desk → local-process   destroy 2 agents       worst: alpha · volume data would lose its data

        -   alpha  volume data           delete, loses data  destroy  agent.yaml
        -   alpha  process               delete              destroy  agent.yaml
        -   beta   environment, process  delete              destroy  agent.yaml

      - alpha · volume data
          loses     the data in it, for good

        - alpha · volume data   - alpha · process   - beta

      Plan only: nothing was changed.
      Next: aac destroy --yes
      "
    `);
  });

  test("says that a secret changed, and no value", () => {
    expect(show("secrets rotated")).toMatchInlineSnapshot(`
      "desk → local-process   1 replace       worst: alpha away, not timed yet
        1 secret changed

        -/+ alpha  process  replace, stop first  secret environment.API_KEY changed

      -/+ alpha · process
          because   the secret environment.API_KEY changed: nor its variables
          costs     a while without alpha, not timed yet
          ~ environment.API_KEY  (secret changed)

      Preflight: alpha can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });

  test("shows what would fail, warnings, notes and where it is saved", () => {
    expect(show("preflight error")).toMatchInlineSnapshot(`
      "desk → local-process (ana on box)   1 create
        preflight: 1 would fail

        +   alpha  process  create  new  agent.yaml

      warning AAC2409  port 8080 is open to the network

      note  the supervisor does not run: apply starts it

      error AAC2201  the secret \`llm/api-key\` is nowhere
          at agent.yaml
          = looked in .aac/secrets/llm/api-key, then for LLM_API_KEY
      Preflight: 1 thing would fail, so nothing can be applied.   Plan only: nothing was changed.
      Saved to desk.plan.json: it is bound to 1 live object, and refused once one of them is another
      Next: aac apply desk.plan.json
      "
    `);
  });

  test("says code and never a digest", () => {
    expect(show("code changed")).toMatchInlineSnapshot(`
      "desk → local-process   1 create · 1 replace       worst: nothing stops
        1 field drifted

        -/+ alpha  process   replace, start first  code changed +1
        +   alpha  listener  create                missing          agent.yaml

      -/+ alpha · process
          because   the agent's code changed: a running process keeps the code it began with
          costs     no gap: the new one will be ready before the old one goes
          ~ code src/main.py  (changed)
          + code new.py       (new)
          - ports.8080/tcp    8080       edited (agent.yaml:9), and drifted: changed outside aac

      + alpha · listener
          because   it is missing, though its agent is there

        -/+ alpha · process   + alpha · listener

      Preflight: alpha can start.   Plan only: nothing was changed.
      Next: aac apply
      "
    `);
  });
});

describe("a long plan", () => {
  test("shows where two long values part", () => {
    const image = (tag: string) => `registry.example/${"deep/".repeat(30)}agent:${tag}`;
    const text = plain(
      report([change("update", "a", "process", [field("image", image("1.4"), image("1.5"))])]),
      at(80),
    );
    expect(text).toMatch(/agent:1\.4 +→ …/);
    expect(text).toMatch(/agent:1\.5$/m);
  });

  test("counts the fields that nobody would read", () => {
    const fields = Array.from({ length: 50 }, (_, i) => field(`environment/V${i}`, "a", "b"));
    expect(plain(report([change("update", "a", "process", fields)]), at(80))).toContain("… 10 more fields");
  });

  test("names no agent that goes itself among those that keep running", () => {
    const costs = { dependants: ["b", "c"] };
    const both = [
      change("replace", "a", "process", [], { because: [{ is: "asked for" }], costs }),
      change("replace", "b", "process", [], { because: [{ is: "asked for" }] }),
    ];
    const text = plain(report(both), at(100));
    expect(text).toContain("c keeps running, its dependency is briefly unready");
    expect(text).not.toContain("b and c");
  });

  test("shows numbers and text that look alike as what they are", () => {
    const text = plain(report([change("update", "a", "process", [field("value", 1, "1")])]), at(80));
    expect(text).toContain('1 → "1"');
  });

  test("covers what looks like a secret though nobody said that it is one", () => {
    const key = `sk-proj-${"aB3dE5fG7h".repeat(4)}`;
    const leak = report([
      change("update", "a", "process", [
        field("environment/API_TOKEN", key, "x", { origin: "drift" }),
        field("command/1", `--key=${key}`, "--key"),
      ]),
      create("b", "process", { fields: { command: ["run", key] } }),
    ]);
    expect(plain(leak, at(200))).not.toContain("aB3dE5fG7h");
  });

  test("is no wider than the screen, whatever the screen and whatever is in it", () => {
    const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 200 }),
        fc.array(fc.tuple(words, words, words, words), { minLength: 1, maxLength: 5 }),
        words,
        (width, rows, note) => {
          const changes = rows.flatMap(([agent, path, from, to], i) => [
            change("replace", `a${i}${agent}`, "process", [
              field(path, from, to, { origin: "both", forces: note, at: { file: to, line: 3 } }),
            ]),
            create(`b${i}${agent}`, "process", { fields: { command: [from, to] } }),
            keep(`c${i}`, { hold: { by: from, since: to, what: "stopped", reason: note } }),
          ]);
          const text = plain(report(changes, { notes: [note], where: note }), at(width));
          const wide = text
            .split("\n")
            .filter((line) => !line.startsWith("Next: ") && textWidth(line) > width);
          expect(wide).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("says nothing as if it had happened", () => {
    for (const one of Object.values(CASES)) {
      const said = plain(one, at(200));
      expect(said).not.toMatch(/(?<!be )\b(?:created|replaced|updated|deleted|destroyed|applied)\b/);
    }
  });
});

test("colour says nothing that words do not", () => {
  const painted = plain(sample, { paint: colourPaint, width: 100 });
  // oxlint-disable-next-line no-control-regex
  expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(plain(sample, at(100)));
  expect(painted).not.toBe(plain(sample, at(100)));
});
