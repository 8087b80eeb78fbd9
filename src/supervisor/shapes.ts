import type { Json } from "../base/canonical.ts";
import type { Charge, SlotRecord } from "../model/supervision.ts";
import type { How } from "./supervisor.ts";

type JsonMap = { readonly [key: string]: Json | undefined };

export interface Put {
  readonly charge: Charge;
  readonly secrets: Readonly<Record<string, string>>;
  readonly how: How;
  readonly by: string | undefined;
}

/** The socket is ours alone, and both ends are of one protocol: what is checked is that nothing is missing that would be stumbled over. */
export function putIn(body: Json): Put | undefined {
  if (!isMap(body)) return undefined;
  const { charge, how } = body;
  const secrets = textsIn(body["secrets"]);
  if (!isCharge(charge) || secrets === undefined || !isHow(how)) return undefined;
  return { charge, secrets, how, by: byIn(body) };
}

/** Who asks; a caller of an older version does not say. */
export function byIn(body: Json): string | undefined {
  const by = isMap(body) ? body["by"] : undefined;
  return typeof by === "string" && by !== "" ? by : undefined;
}

/** A name is part of a path: one that leads elsewhere is none. */
export function agentIn(body: Json): string | undefined {
  const agent = isMap(body) ? body["agent"] : undefined;
  return isName(agent) ? agent : undefined;
}

/** Absent where none is asked for. */
export function holdIn(body: Json): { readonly hold: SlotRecord["hold"] } | undefined {
  const hold = isMap(body) ? body["hold"] : undefined;
  if (hold === undefined || hold === null) return { hold: undefined };
  if (!isMap(hold)) return undefined;
  const { by, since, reason, what } = hold;
  if (typeof by !== "string" || typeof since !== "string") return undefined;
  if (reason !== undefined && typeof reason !== "string") return undefined;
  if (what !== undefined && typeof what !== "string") return undefined;
  return {
    hold: {
      by,
      since,
      ...(what === undefined ? {} : { what }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

export function secretsIn(body: Json): Readonly<Record<string, string>> | undefined {
  return isMap(body) ? textsIn(body["secrets"] ?? {}) : undefined;
}

function textsIn(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (!isMap(value)) return undefined;
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") return undefined;
    texts[name] = text;
  }
  return texts;
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHow(value: Json | undefined): value is How {
  return value === "start" || value === "exchange" || value === "update" || value === "rest";
}

function isName(value: Json | undefined): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value);
}

const isText = (value: Json | undefined): boolean => typeof value === "string";
const isTexts = (value: Json | undefined): boolean => textsIn(value) !== undefined;
const isNumber = (value: Json | undefined): boolean => typeof value === "number" && Number.isFinite(value);
const isTime = (value: Json | undefined): boolean =>
  isMap(value) && isNumber(value["ms"]) && isText(value["text"]);

const isEach =
  (is: (value: Json | undefined) => boolean) =>
  (value: Json | undefined): boolean =>
    isMap(value) && Object.values(value).every(is);

const isList =
  (is: (value: Json) => boolean) =>
  (value: Json | undefined): boolean =>
    Array.isArray(value) && value.every(is);

const isShaped =
  (shape: Readonly<Record<string, (value: Json | undefined) => boolean>>) =>
  (value: Json | undefined): boolean =>
    isMap(value) && Object.entries(shape).every(([key, is]) => is(value[key]));

const isAbsentOr =
  (is: (value: Json | undefined) => boolean) =>
  (value: Json | undefined): boolean =>
    value === undefined || is(value);

const isProbe = isShaped({
  type: isText,
  interval: isTime,
  timeout: isTime,
  retries: isNumber,
  startPeriod: isTime,
});

const SUPERVISION = isShaped({
  restart: isText,
  maxRestarts: (value) => value === "unlimited" || isNumber(value),
  backoff: isShaped({ type: isText, initial: isTime, max: isTime, multiplier: isNumber, jitter: isNumber }),
  circuitBreaker: isShaped({ failures: isNumber, window: isTime, resetAfter: isTime, halfOpen: isNumber }),
  successCodes: isList(isNumber),
  stopGracePeriod: isTime,
  stopSignal: isText,
});

const CHARGE = isShaped({
  agent: isName,
  replica: (value) => Number.isInteger(value),
  source: isText,
  origin: isText,
  command: (value) => isList(isText)(value) && Array.isArray(value) && value.length > 0,
  cwd: isText,
  environment: isTexts,
  surroundings: isTexts,
  secrets: isEach(isShaped({ from: (value) => value === "file" || value === "caller" })),
  health: isEach(isProbe),
  ports: isEach(isNumber),
  supervision: SUPERVISION,
  hooks: isEach(isShaped({ command: isList(isText), timeout: isTime })),
  limits: isShaped({
    memory: isAbsentOr(isNumber),
    pids: isAbsentOr(isNumber),
    files: isAbsentOr(isNumber),
    cpu: isAbsentOr(isNumber),
  }),
  logging: isShaped({ maxBytes: isNumber, maxFiles: isNumber }),
  dependsOn: isEach(isShaped({ condition: isText })),
  nice: isNumber,
  asked: isMap,
  tree: isAbsentOr(isText),
  mark: isAbsentOr(isShaped({ apply: isText, revision: isNumber })),
});

function isCharge(value: Json | undefined): value is Json & Charge {
  return CHARGE(value);
}
