import { describe, expect, test } from "vitest";
import { doctorJson } from "../../../src/ui/doctor/json.ts";
import type { DoctorReport } from "../../../src/ui/doctor/report.ts";
import { doctorText } from "../../../src/ui/doctor/text.ts";
import { colourPaint, plainPaint } from "../../../src/ui/paint.ts";
import { faultsOf } from "../../helpers/published-schemas.ts";

const REPORT: DoctorReport = {
  project: "desk",
  target: "docker",
  sections: [
    {
      title: "this machine",
      findings: [
        { about: "node", is: "ok", found: "24.21.0 at /usr/bin/node" },
        {
          about: "terminal",
          is: "warn",
          found: "30×8, 256 colours, TERM=xterm, UTF-8: less than 40×10, much is cut",
          repair: "make the window larger",
        },
      ],
    },
    {
      title: "docker",
      findings: [
        {
          about: "engine",
          is: "fail",
          found:
            "the docker engine at tcp://127.0.0.1:1 does not answer: nobody listens there (named by DOCKER_HOST)",
          repair: "start it, or name another with DOCKER_HOST or `docker context use NAME`",
        },
      ],
    },
    { title: "nothing", findings: [] },
    {
      title: "other targets",
      findings: [{ about: "kubernetes", is: "unneeded", found: "no cluster is known" }],
    },
  ],
};

const WELL: DoctorReport = {
  ...REPORT,
  agent: "chatbot",
  sections: [{ title: "chatbot as it lives", findings: [{ about: "state", is: "ok", found: "ready" }] }],
};

describe("what a doctor says", () => {
  test("is a line for each thing, with symbol, word and repair", () => {
    expect(doctorText(REPORT, { paint: plainPaint, width: 72 })).toMatchInlineSnapshot(`
      "desk → docker   1 failure, 1 warning

      this machine
        ✓ ok    node        24.21.0 at /usr/bin/node
        ! warn  terminal    30×8, 256 colours, TERM=xterm, UTF-8: less than
                            40×10, much is cut
                            → make the window larger

      docker
        ✗ fail  engine      the docker engine at tcp://127.0.0.1:1 does not
                            answer: nobody listens there (named by
                            DOCKER_HOST)
                            → start it, or name another with DOCKER_HOST or \`docker context use NAME\`

      other targets
        -       kubernetes  no cluster is known
      "
    `);
    expect(doctorText(WELL, { paint: plainPaint, width: 72 })).toMatchInlineSnapshot(`
      "desk → docker   chatbot   all is well

      chatbot as it lives
        ✓ ok    state  ready
      "
    `);
  });

  test("in colour says nothing that it does not say without", () => {
    const painted = doctorText(REPORT, { paint: colourPaint, width: 72 });
    expect(painted).toContain("\u001B[31m✗ fail");
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(
      doctorText(REPORT, { paint: plainPaint, width: 72 }),
    );
  });

  test("as JSON is as its schema says, and counts what it found", () => {
    for (const report of [REPORT, WELL]) expect(faultsOf("doctor", doctorJson(report))).toEqual([]);
    expect(JSON.parse(doctorJson(REPORT))).toMatchObject({ found: { ok: 1, warn: 1, fail: 1, unneeded: 1 } });
    expect(JSON.parse(doctorJson(WELL))).toMatchObject({ agent: "chatbot", found: { fail: 0 } });
  });

  test("from outside can do nothing to a terminal", () => {
    const hostile: DoctorReport = {
      project: "\u001B]0;a\u0007",
      target: "docker",
      sections: [
        {
          title: "\u001B[2J",
          findings: [{ about: "a\nb", is: "fail", found: "\u202Eone", repair: "\u001B[31mtwo" }],
        },
      ],
    };
    for (const text of [doctorText(hostile, { paint: plainPaint, width: 80 }), doctorJson(hostile)])
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
