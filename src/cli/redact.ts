import type { Json } from "../base/canonical.ts";
import { redactor } from "../base/redact.ts";
import type { Secret } from "../base/secret.ts";
import type { AgentStatus, LogLine } from "../model/operates.ts";
import type { ApplyEvent } from "../model/step.ts";
import type { Preflight, Session } from "../model/target.ts";

type Redact = (text: string) => string;

/** What agents say, as it may be shown: without what they were given in confidence. */
export const redactorOf = (session: Session): Redact => redactor(session.secretsInUse?.() ?? []);

/** Secrets as an apply hands them over: each is remembered, so that no line about it can hold one. */
export function watched(
  session: Session,
  secret: Preflight["secret"],
): {
  readonly secret: Preflight["secret"];
  readonly redact: Redact;
} {
  const known: Secret[] = [...(session.secretsInUse?.() ?? [])];
  let redact = redactor(known);
  return {
    secret(agent, variable) {
      const found = secret(agent, variable);
      if (found.ok) {
        known.push(found.value.value);
        redact = redactor(known);
      }
      return found;
    },
    redact: (text) => redact(text),
  };
}

export function redactEvent(event: ApplyEvent, redact: Redact): ApplyEvent {
  switch (event.is) {
    case "failed":
      return { ...event, cause: redact(event.cause), lines: event.lines.map(redact) };
    case "again":
      return { ...event, cause: redact(event.cause) };
    case "progress":
      return { ...event, text: redact(event.text) };
    default:
      return event;
  }
}

export const redactLine = (line: LogLine, redact: Redact): LogLine => ({ ...line, text: redact(line.text) });

export function redactStatus(one: AgentStatus, redact: Redact): AgentStatus {
  const { detail, lastExit, lastProbe } = one;
  return {
    ...one,
    ...(detail === undefined ? {} : { detail: redact(detail) }),
    ...(lastExit === undefined ? {} : { lastExit: redact(lastExit) }),
    ...(lastProbe === undefined ? {} : { lastProbe: redact(lastProbe) }),
  };
}

/** Every text in it, whatever it is the name of. */
export function redactJson(value: Json, redact: Redact): Json {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((one: Json) => redactJson(one, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, one === undefined ? one : redactJson(one, redact)]),
  );
}
