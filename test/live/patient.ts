import type { Outcome } from "../helpers/run-aac.ts";
import { until } from "../helpers/until.ts";
import type { Call, Project } from "./project.ts";

/** A doctor waits three seconds for each thing, which a machine that runs all tests at once may not keep: asked again. */
export async function patient(project: Pick<Project, "aac">, args: string, call?: Call): Promise<Outcome> {
  let told: Outcome | undefined;
  await until(
    "all that a doctor asks has answered in time",
    async () => {
      told = await project.aac(args, call);
      return !told.out.includes("no answer within 3 s");
    },
    40_000,
  );
  if (told === undefined) throw new Error("nothing was asked");
  return told;
}
