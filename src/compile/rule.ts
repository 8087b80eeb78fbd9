import type { AgentView } from "../model/checked.ts";
import type { Code } from "../model/codes.ts";
import { type Diagnostic, diagnostic, type Extra } from "../model/diagnostic.ts";
import type { Path, Span } from "../model/source.ts";

export type { AgentView } from "../model/checked.ts";

export interface ProjectView {
  readonly agents: readonly AgentView[];
  readonly byName: ReadonlyMap<string, AgentView>;
  readonly settings: Settings;
}

/** What a project says about itself, as far as rules need it. */
export interface Settings {
  readonly project: string | null;
  /** Folders outside the project that may be used, from its root or absolute. */
  readonly allowPaths: readonly string[];
  /** Every target there is. */
  readonly targets: readonly string[];
  readonly production: boolean;
  /** Agents that are named in files which cannot be read whole yet; unknown where not even the name can be read. */
  readonly unread: ReadonlySet<string> | "unknown";
}

export type Report = (code: Code, at: Span, message: string, extra?: Extra) => void;

/** One semantic rule a file: it sees an agent, or the whole project, and reports. */
export interface Rule {
  agent?(view: AgentView, report: Report, settings: Settings): void;
  project?(view: ProjectView, report: Report): void;
}

export function reportInto(diagnostics: Diagnostic[]): Report {
  return (code, at, message, extra) => {
    diagnostics.push(diagnostic(code, at, message, extra));
  };
}

/** Where an entry of a keyed map of the IR was written in its list. */
export function listItem(view: AgentView, list: "environment" | "secrets" | "services", name: string): Path {
  const items = view.doc.value.spec[list] ?? [];
  const index = items.findIndex((item) => item.name === name);
  return index < 0 ? ["spec", list] : ["spec", list, index];
}

/** Where a port of the IR was written: under `ports` or under `network.ports`. */
export function portItem(view: AgentView, container: number, protocol = "tcp"): Path {
  const { spec } = view.doc.value;
  const same = (port: { container: number; protocol?: string }): boolean =>
    port.container === container && (port.protocol ?? "tcp") === protocol;
  const index = (spec.ports ?? []).findIndex(same);
  if (index >= 0) return ["spec", "ports", index];
  const inner = (spec.network?.ports ?? []).findIndex(same);
  return inner >= 0 ? ["spec", "network", "ports", inner] : ["spec", "ports"];
}
