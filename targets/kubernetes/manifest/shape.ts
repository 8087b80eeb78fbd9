import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { ANNOTATION, CONFIG_PATH } from "../names.ts";

export type JsonMap = { readonly [key: string]: Json | undefined };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Array.isArray does not narrow a readonly array out of a union. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** How the items of a list are told apart: what of an item makes its key, and back. */
export interface Key {
  readonly of: (item: JsonMap) => string | undefined;
  readonly into: (key: string) => JsonMap;
}

/** What stands where in an object, as far as it is written otherwise in fields. `*`: each key of a map. */
export interface Shape {
  /** A list with keys; `below` is of its items. */
  readonly by?: Key;
  readonly isAmount?: true;
  /** What an item says that says nothing else: the server leaves an empty text out. */
  readonly empty?: JsonMap;
  readonly below?: Readonly<Record<string, Shape>>;
}

/** Of the file in a ConfigMap. */
const CONFIG_KEY = CONFIG_PATH.slice(CONFIG_PATH.lastIndexOf("/") + 1);

const by = (field: string): Key => ({
  of: (item) => {
    const key = item[field];
    return typeof key === "string" ? key : undefined;
  },
  into: (key) => ({ [field]: key }),
});

/** `8080/TCP`: the same number may be there once for each protocol. */
const byPort = (field: string): Key => ({
  of: (item) => {
    const port = item[field];
    const protocol = item["protocol"] ?? "TCP";
    return typeof port === "number" && typeof protocol === "string" ? `${port}/${protocol}` : undefined;
  },
  into: (key) => {
    const [port, protocol = "TCP"] = key.split("/");
    return { [field]: Number(port), protocol };
  },
});

const AMOUNTS: Shape = { below: { "*": { isAmount: true } } };
const RESOURCES: Shape = { below: { limits: AMOUNTS, requests: AMOUNTS } };

const CONTAINERS: Shape = {
  by: by("name"),
  below: {
    env: { by: by("name"), empty: { value: "" } },
    ports: { by: byPort("containerPort") },
    resources: RESOURCES,
    volumeMounts: { by: by("mountPath") },
  },
};

const POD: Shape = {
  below: {
    containers: CONTAINERS,
    imagePullSecrets: { by: by("name") },
    initContainers: CONTAINERS,
    volumes: { by: by("name"), below: { emptyDir: { below: { sizeLimit: { isAmount: true } } } } },
  },
};

const SHAPES: Readonly<Record<string, Shape>> = {
  Deployment: { below: { spec: { below: { template: { below: { spec: POD } } } } } },
  PersistentVolumeClaim: { below: { spec: { below: { resources: RESOURCES } } } },
  Service: { below: { spec: { below: { ports: { by: byPort("port") } } } } },
};

export const shapeOf = (kind: string): Shape => SHAPES[kind] ?? {};

/** Without what is not there. */
export function defined(map: JsonMap): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export const below = (shape: Shape | undefined, key: string): Shape | undefined =>
  shape?.below !== undefined && Object.hasOwn(shape.below, key) ? shape.below[key] : shape?.below?.["*"];

/** One text of an object that is a field of its own: a difference in it is read by itself. */
export interface Lift {
  readonly kind: string;
  /** Where it stands in the object; the last step may hold slashes. */
  readonly from: readonly string[];
  readonly to: string;
  readonly isJson: boolean;
}

const POD_MARKS = ["spec", "template", "metadata", "annotations"];

export const LIFTS: readonly Lift[] = [
  { kind: "Deployment", from: [...POD_MARKS, ANNOTATION.code], to: "code", isJson: false },
  { kind: "Deployment", from: [...POD_MARKS, ANNOTATION.secrets], to: "secrets", isJson: true },
  { kind: "Deployment", from: [...POD_MARKS, ANNOTATION.config], to: "configDigest", isJson: false },
  { kind: "ConfigMap", from: ["data", CONFIG_KEY], to: "config", isJson: true },
];

/** What a lifted text says; one that somebody broke stays the text that it is. */
export function readLifted({ isJson }: Lift, text: string): Json {
  if (!isJson) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonValue(value) && typeof value !== "string" ? value : text;
  } catch {
    return text;
  }
}

export const writeLifted = (value: Json): string =>
  typeof value === "string" ? value : canonicalJson(value);

/** Whatever JSON.parse gives. */
const isJsonValue = (value: unknown): value is Json => value !== undefined;

const OURS = "agent.dev/";

/** Labels and annotations under this name are how objects are found again: no field, and nobody else's to write. */
export const isOurs = (key: string): boolean => key.startsWith(OURS);

/** Where labels and annotations stand: of the object, and of its pods. */
export const MARKED: readonly (readonly string[])[] = [["metadata"], ["spec", "template", "metadata"]];
