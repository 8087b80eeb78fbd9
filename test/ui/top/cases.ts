import type { AgentStatus, LogLine, ReplicaStats } from "../../../src/model/operates.ts";
import { LogBuffer } from "../../../src/ui/top/log-buffer.ts";
import { opening, type Scene, type TopEffect, type TopState } from "../../../src/ui/top/state.ts";
import { sawStats, sawStatus } from "../../../src/ui/top/update.ts";
import { topView } from "../../../src/ui/top/view.ts";
import { plainPaint } from "../../../src/ui/paint.ts";
import type { Key, Size } from "../../../src/ui/screen/view.ts";

export const NOW = "2026-08-01T12:00:00Z";
export const MEDIUM: Size = { columns: 80, rows: 24 };

const SCENE: Scene = {
  project: "desk",
  target: "docker",
  options: "-t docker",
  readOnly: false,
  intervalMs: 2000,
  offsetMinutes: 0,
};

export function replica(agent: string, more: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent,
    replica: 0,
    state: "ready",
    health: "healthy",
    restarts: 0,
    since: "2026-08-01T11:55:00Z",
    ports: ["http://127.0.0.1:8080"],
    id: `${agent}-1`,
    source: `${agent}/agent.yaml`,
    ...more,
  };
}

export function reading(agent: string, second: number, more: Partial<ReplicaStats> = {}): ReplicaStats {
  return {
    agent,
    replica: 0,
    id: `${agent}-1`,
    at: `2026-08-01T12:00:${String(second).padStart(2, "0")}Z`,
    cpu: { is: "sum", ms: second * 250 },
    cpuLimit: 1000,
    memory: 64 * 1024 * 1024,
    memoryLimit: 128 * 1024 * 1024,
    from: "engine",
    ...more,
  };
}

export const AGENTS: readonly AgentStatus[] = [
  replica("chatbot", { restarts: 2 }),
  replica("crashy", {
    state: "backoff",
    health: "none",
    restarts: 12,
    detail: "exit 3",
    lastExit: "exit 3 after 6 s, 2026-08-01T11:59:50Z",
    nextTry: "2026-08-01T12:00:12Z",
    breaker: "half-open",
    ports: [],
  }),
  replica("held", {
    state: "stopped",
    health: "none",
    held: "held by ana since 2026-08-01T02:14:00Z: stopped (the leak)",
    ports: [],
  }),
  replica("ill", { health: "unhealthy", lastProbe: "GET /health on 8081: 503", ports: [] }),
];

export const printed = (agent: string, text: string, stream: "stdout" | "stderr" = "stdout"): LogLine => ({
  agent,
  replica: 0,
  stream,
  at: NOW,
  text,
  partial: false,
});

/** Four agents, three readings, a few lines. */
export function desk(scene: Partial<Scene> = {}, lines: readonly LogLine[] = LINES): TopState {
  const buffer = new LogBuffer();
  for (const line of lines) buffer.add(line);
  let state = sawStatus(opening({ ...SCENE, ...scene }, buffer, NOW), { agents: AGENTS, notes: [] }, NOW);
  for (const second of [0, 2, 4])
    state = sawStats(state, {
      replicas: [reading("chatbot", second), reading("ill", second, { cpu: { is: "rate", milli: 1500 } })],
      notes: [],
    });
  return state;
}

const LINES: readonly LogLine[] = [
  printed("chatbot", "open on 8080"),
  printed("crashy", "Traceback: no module named fastapi", "stderr"),
  printed("chatbot", "warning: slow answer"),
  printed("chatbot", '{"level":"info","msg":"0 errors"}'),
];

/** Keys one after the other; what the last one asked for comes back too. */
export function pressed(
  state: TopState,
  keys: readonly Key[],
  size: Size = MEDIUM,
): { readonly state: TopState; readonly does?: TopEffect } {
  let now = state;
  let does: TopEffect | undefined;
  for (const key of keys) {
    const turn = topView.press(now, key, size);
    now = turn.state;
    does = turn.does;
  }
  return { state: now, ...(does === undefined ? {} : { does }) };
}

export const typing = (text: string): readonly Key[] =>
  Array.from(text, (char) => (char === " " ? "space" : char));

export const screen = (state: TopState, size: Size = MEDIUM): string =>
  topView.draw(state, size, plainPaint).join("\n");
