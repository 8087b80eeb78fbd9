import type { Target } from "../../src/model/target.ts";
import { check } from "./check.ts";
import { desired } from "./desired.ts";
import { kinds } from "./kinds.ts";
import { open } from "./session.ts";
import { steps } from "./steps.ts";
import { support } from "./support.ts";

/** Agents as containers of one engine. */
export const target: Target = {
  name: "docker",
  kinds,
  runs: "container",
  values: "here",
  shared: false,
  support,
  check,
  desired,
  steps,
  open,
  doctor: async (...asked) => (await import("./doctor.ts")).doctor(...asked),
};
