import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { conditionWords } from "../../../src/wanted/condition.ts";
import { answerOf } from "./ask-outside.ts";
import { asFailure, attempt, type Engine, failure } from "../engine.ts";
import { askInside } from "./exec-check.ts";
import { type HealthCheck, healthCheckOf } from "../container/healthcheck.ts";
import { lastLines } from "./last-lines.ts";
import { howItEnded, lasted } from "../live/exits.ts";
import { type Container, inspect } from "../live/look.ts";
import type { Answer } from "../verbs/status.ts";
import type { ContainerFields } from "../shapes.ts";

export interface Wait {
  readonly id: string;
  readonly fields: ContainerFields;
  readonly timeoutMs: number;
  /** It was there before: what it went through then is no failure of this start. */
  readonly isOld: boolean;
}

const FIRST_MS = 100;
const LATER_MS = 500;
const EAGER_MS = 1000;
/** Most programs that cannot run say so within this. */
const SETTLE_MS = 300;
const LAST = 20;

/**
 * Until an agent is ready. What the engine says is asked for again and again: an event could be missed. A crash tells
 * its status and its last lines, and what cannot come up fails at once.
 */
export async function untilReady(
  engine: Engine,
  wait: Wait,
  context: Pick<StepContext, "signal" | "report">,
): Promise<Result<void, Failure>> {
  const { clock } = engine.system;
  const began = clock.now();
  const asking = asker(engine, wait.fields, context.signal);
  const condition = conditionWords(wait.fields.health["readiness"] ?? wait.fields.health["startup"]);
  let before = wait.isOld ? undefined : { restarts: 0, failures: 0 };
  let run: { readonly began: string; readonly since: number } | undefined;
  let said = "";
  for (;;) {
    if (context.signal.aborted) return err(failure("interrupted while it waited"));
    const found = await attempt(() => inspect(engine, wait.id));
    if (!found.ok) return err(asFailure(found.error));
    const container = found.value;
    if (container === undefined) return err(failure("it is gone: somebody removed it"));
    before ??= {
      restarts: container.RestartCount,
      failures: container.State.Health?.FailingStreak ?? 0,
    };
    const now = clock.now();
    const { Running, StartedAt } = container.State;
    if (!Running) run = undefined;
    else if (run?.began !== StartedAt) run = { began: StartedAt, since: now };
    const judged = judge(container, {
      check: asking.check,
      condition,
      before,
      ...asking.ask(container, now - began),
      upMs: run === undefined ? 0 : now - run.since,
      waitedMs: now - began,
      policy: wait.fields.restart.policy,
    });
    if (judged.is === "ready") return ok(undefined);
    const isLate = now - began >= wait.timeoutMs;
    if (judged.is === "failed" || isLate) {
      const message =
        judged.is === "failed"
          ? judged.why
          : `not ready after ${Math.round(wait.timeoutMs / 1000)} s: ${judged.text}`;
      return err(failure(message, await lastLines(engine, container, LAST)));
    }
    const text = judged.text;
    if (text !== said) context.report(text);
    said = text;
    const pause = Math.min(LATER_MS, Math.max(FIRST_MS, (now - began) / 4));
    await new Promise<void>((resolve) => void clock.after(pause, resolve));
  }
}

interface Asker {
  readonly check: HealthCheck;
  /** The last answer there was; asks again where it is time to. */
  ask(container: Container, waitedMs: number): Asked;
}

interface Asked {
  readonly answer: Answer | undefined;
  /** No way leads there from here. */
  readonly isOutOfReach: boolean;
}

/** One question at a time: a check that hangs is not asked again beside itself. */
function asker(engine: Engine, fields: ContainerFields, signal: AbortSignal): Asker {
  const check = healthCheckOf(fields.health);
  let last: Asked = { answer: undefined, isOutOfReach: false };
  let isAsking = false;
  let dueMs = 0;
  return {
    check,
    ask(container, waitedMs) {
      if (check.is === "none" || isAsking || waitedMs < dueMs || !container.State.Running) return last;
      isAsking = true;
      dueMs = waitedMs + Math.min(EAGER_MS, Math.max(FIRST_MS, waitedMs));
      const asked =
        check.is === "inside"
          ? askInside(engine, container, signal)
          : isHidden(engine, container, check.probe.port)
            ? Promise.resolve(undefined)
            : answerOf(engine, container, { health: fields.health });
      void asked.then((answer) => {
        last = {
          answer: answer ?? last.answer,
          isOutOfReach: check.is === "outside" && answer === undefined,
        };
        isAsking = false;
      });
      return last;
    },
  };
}

/** Elsewhere than on Linux engines live in a machine of their own, whose networks cannot be reached. */
function isHidden({ system }: Engine, { NetworkSettings }: Container, port: number): boolean {
  return system.host.platform !== "linux" && (NetworkSettings.Ports?.[`${port}/tcp`] ?? []).length === 0;
}

interface Known extends Asked {
  readonly check: HealthCheck;
  /** What is waited for, as a person is told. */
  readonly condition: string;
  /** What it went through before anybody waited for it. */
  readonly before: { readonly restarts: number; readonly failures: number };
  readonly upMs: number;
  readonly waitedMs: number;
  readonly policy: string;
}

type Judged =
  | { readonly is: "ready" }
  | { readonly is: "failed"; readonly why: string }
  | { readonly is: "waits"; readonly text: string };

export function judge(container: Container, known: Known): Judged {
  const { State: state, RestartCount } = container;
  const { check, condition, answer, upMs, waitedMs } = known;
  if (state.Status === "restarting")
    return { is: "failed", why: `${ended(state)}; the engine goes on trying` };
  if (state.Status === "exited" || state.Status === "dead") {
    const isMeant = state.ExitCode === 0 && (known.policy === "no" || known.policy === "on-failure");
    return isMeant ? { is: "ready" } : { is: "failed", why: ended(state) };
  }
  if (!state.Running) return { is: "waits", text: `${state.Status}, not running yet` };
  const health = check.is === "none" ? undefined : state.Health;
  if (health?.Status === "healthy" || answer?.ok === true) return { is: "ready" };
  // Its state tells nothing any more of how it ended; if it ends again, that one will.
  if (RestartCount > known.before.restarts && upMs < AGAIN_MS)
    return { is: "waits", text: "it ended, and the engine started it again" };
  if (check.is === "none" || known.isOutOfReach)
    return upMs >= SETTLE_MS ? { is: "ready" } : { is: "waits", text: "running, waiting whether it stays" };
  const seen = answer?.text ?? lastOf(health);
  const what = `waiting for ${condition}${seen === undefined ? "" : `: ${seen}`}`;
  if (hasFailed(health, check.retries, known.before.failures))
    return { is: "failed", why: `unhealthy, ${what}` };
  if (check.is === "outside" && waitedMs >= check.startPeriodMs)
    return { is: "failed", why: `not healthy after ${lasted(waitedMs)}, ${what}` };
  return { is: "waits", text: `up ${lasted(upMs)}, ${what}` };
}

/** An engine also calls unhealthy whom it has not asked for a while, such as one that was paused. */
function hasFailed(health: Container["State"]["Health"], retries: number, before: number): boolean {
  if (health?.Status !== "unhealthy") return false;
  return health.FailingStreak > before && health.FailingStreak >= (retries || ENGINE_RETRIES);
}

/** Where nobody says how often. */
const ENGINE_RETRIES = 3;

/** One that was started again is watched for longer than one that never ended. */
const AGAIN_MS = 2000;

const ended = (state: Container["State"]): string =>
  `${howItEnded(state)}${state.Error === "" ? "" : `: ${state.Error}`}`;

function lastOf(health: Container["State"]["Health"]): string | undefined {
  const last = (health?.Log ?? []).at(-1);
  if (last === undefined) return undefined;
  const line = last.Output.trim().split("\n").at(-1) ?? "";
  return line === "" ? `exit ${last.ExitCode}` : line.slice(0, 200);
}
