import type { Json } from "../../base/canonical.ts";
import type { ApplyEvent, Step } from "../../model/step.ts";
import { jsonText } from "../visible.ts";

/** An event as one line of JSON; `at` is UTC, from the caller's clock. */
export function eventLine(event: ApplyEvent, at: string): string {
  const { is, id } = event;
  const rest: Json =
    event.is === "left out"
      ? { because: { ...event.because } }
      : { step: stepJson(event.step), ...said(event) };
  return `${jsonText({ apiVersion: "agent.dev/v1", kind: "ApplyEvent", at, is, id, ...rest })}\n`;
}

/** From here on events are of another plan: the one that puts things back. */
export function turnLine(because: string, at: string): string {
  return `${jsonText({ apiVersion: "agent.dev/v1", kind: "ApplyEvent", at, is: "going back", because })}\n`;
}

function said(event: Exclude<ApplyEvent, { is: "left out" }>): Readonly<Record<string, Json>> {
  if (event.is === "progress")
    return { text: event.text, ...(event.part === undefined ? {} : { part: { ...event.part } }) };
  if (event.is === "again") return { cause: event.cause, tries: event.tries };
  return event.is === "failed" ? { cause: event.cause, lines: event.lines } : {};
}

function stepJson(step: Step): Json {
  return { ...step };
}
