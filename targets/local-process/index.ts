import type { Target } from "../../src/model/target.ts";
import { check } from "./check.ts";
import { desired } from "./desired.ts";
import { kinds } from "./kinds.ts";
import { open } from "./session.ts";
import { steps } from "./steps.ts";
import { support } from "./support.ts";

/** Agents as processes of this machine, under a supervisor of the project's own. */
export const target: Target = {
  name: "local-process",
  kinds,
  runs: "process",
  values: "here",
  shared: false,
  support,
  check,
  desired,
  steps,
  open,
  doctor: async (...asked) => (await import("./doctor.ts")).doctor(...asked),
};
