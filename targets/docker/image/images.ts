import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Clock } from "../../../src/model/system.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { buildContext } from "./build-context.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { type Labels, labelsOf } from "../labels.ts";
import { buildAfter, buildPulled, builtSays, NOTHING_BUILT } from "./built.ts";
import { familiar } from "./live-image.ts";
import { toldIn } from "./progress.ts";
import { NOTHING_PULLED, pullAfter, pullSays, type Said } from "./pulled.ts";
import { stream } from "../container/request.ts";
import { type BuiltImageFields, imageFields } from "../shapes.ts";

type Context = Pick<StepContext, "signal" | "report">;

/** `anew`: somebody wants it though one of that name is there. */
export async function pullImage(
  { docker, system }: Engine,
  reference: string,
  anew: boolean,
  { signal, report }: Context,
): Promise<Result<void, Failure>> {
  if (!anew) {
    const there = await unless(404, () => docker.getImage(familiar(reference)).inspect());
    if (!there.ok) return err(asFailure(there.error));
    if (there.value !== undefined) return ok(undefined);
  }
  const before = `image '${reference}' not found locally, and cannot be pulled: `;
  report(`pulling ${reference}`);
  const { name, tag } = parted(reference);
  const often = seldom(system.clock, PULL_MS);
  let pull = NOTHING_PULLED;
  const pulled = await attempt(async () => {
    const query = { fromImage: name, tag };
    const answer = await stream(docker, { method: "POST", path: "/images/create", query, signal });
    for await (const one of toldIn(answer)) {
      if (one.error !== undefined) return one.error;
      pull = pullAfter(pull, one);
      if (pull.layers.size > 0 && often()) tell(report, pullSays(pull), `${reference}: `);
    }
    return undefined;
  });
  if (signal.aborted) return err(failure("interrupted while an image was pulled"));
  if (!pulled.ok) return err(asFailure(pulled.error, before));
  if (pulled.value !== undefined) return err(failure(`${before}${pulled.value}`));
  if (pull.layers.size > 0) tell(report, pullSays(pull), `${reference}: `);
  return ok(undefined);
}

/** So often is it told how far a pull is, and what a step of a build prints. */
const PULL_MS = 500;
const PRINTED_MS = 250;

/** True at most once in that time. */
function seldom(clock: Clock, millis: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (now - last < millis) return false;
    last = now;
    return true;
  };
}

const tell = (report: StepContext["report"], { text, part }: Said, before = ""): void =>
  report(`${before}${text}`, part);

/** As an engine wants it: a name without a tag would be all of its tags. */
function parted(reference: string): { readonly name: string; readonly tag: string } {
  const at = reference.indexOf("@");
  if (at >= 0) return { name: reference.slice(0, at).replace(/:[^/:]+$/, ""), tag: reference.slice(at + 1) };
  const colon = /:([^/:]+)$/.exec(reference);
  return colon === null
    ? { name: reference, tag: "latest" }
    : { name: reference.slice(0, colon.index), tag: colon[1] ?? "latest" };
}

/** As many lines of what a build printed are told when it fails. */
const LAST = 20;

export async function buildImage(
  engine: Engine,
  resource: Resource,
  { signal, report }: Context,
): Promise<Result<void, Failure>> {
  const fields = imageFields(resource.fields);
  if (fields.from !== "build") throw new Error(`${resource.id} is not to be built`);
  report("collecting its files");
  const context = buildContext(engine, fields);
  if (!context.ok) return context;
  const { archive, dockerfile } = context.value;
  const labels = labelsOf(engine.place, resource, resource.fields, engine.system.digests.sha256);
  const printed: string[] = [];
  let open = "";
  let build = NOTHING_BUILT;
  const often = seldom(engine.system.clock, PRINTED_MS);
  const own = Object.keys(labels).length;
  const built = await attempt(async () => {
    const query = queryOf(engine, fields, dockerfile, labels);
    const answer = await stream(engine.docker, { method: "POST", path: "/build", query, archive, signal });
    for await (const told of toldIn(answer)) {
      if (told.error !== undefined) return told.error;
      const pulling = buildPulled(build, told);
      build = pulling.build;
      if (pulling.said !== undefined && often()) tell(report, pulling.said);
      const lines = `${open}${told.stream ?? ""}`.replaceAll(/\u001b\[[0-9;]*m/g, "").split("\n");
      open = lines.pop() ?? "";
      for (const line of lines) {
        const { build: next, said, isStep } = buildAfter(build, line, own);
        build = next;
        // Often is asked last: a step is told however soon it comes.
        if (said !== undefined && (isStep === true || often())) tell(report, said);
        if (line.trim() !== "") printed.push(line);
      }
      printed.splice(0, Math.max(0, printed.length - LAST));
    }
    return undefined;
  });
  if (signal.aborted) return err(failure("interrupted while an image was built"));
  if (!built.ok)
    return err({ ...asFailure(built.error, `${fields.reference} cannot be built: `), lines: printed });
  if (built.value !== undefined)
    return err(failure(`${fields.reference} cannot be built: ${built.value}`, printed));
  const said = builtSays(build);
  if (said !== undefined) tell(report, said);
  return ok(undefined);
}

function queryOf(
  { system }: Engine,
  fields: BuiltImageFields,
  dockerfile: string,
  labels: Labels,
): Readonly<Record<string, string>> {
  const network = system.host.environment["AAC_BUILD_NETWORK"] ?? "";
  return {
    t: fields.reference,
    dockerfile,
    labels: JSON.stringify(labels),
    buildargs: JSON.stringify(fields.args),
    rm: "1",
    forcerm: "1",
    ...(fields.target === undefined ? {} : { target: fields.target }),
    ...(network === "" ? {} : { networkmode: network }),
  };
}
