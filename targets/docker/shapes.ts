import type { Json } from "../../src/base/canonical.ts";
import type { Fields } from "../../src/model/resource.ts";

/**
 * The objects of an engine as a plan compares them: made by `desired` from the files, and by `observe` from what the
 * engine says. Both write units the same way, so that a difference is one.
 */

/** An image that somebody else made: it is there, or is pulled. */
export interface NamedImageFields {
  readonly reference: string;
  readonly from: "pull";
}

/** An image that is made from the agent's folder; what went into it is on its label. */
export interface BuiltImageFields {
  readonly reference: string;
  readonly from: "build";
  /** Of the recipe: ours, or the author's own file by its digest in `code`. */
  readonly dockerfile: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Digest by path from the context. */
  readonly code: Readonly<Record<string, string>>;
}

export type ImageFields = NamedImageFields | BuiltImageFields;

export interface NetworkFields {
  readonly driver: string;
}

export interface VolumeFields {
  readonly driver: string;
}

export interface ConfigFields {
  readonly config: Json;
}

export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs" | "config";
  /** A folder of this machine from the project's root where it is below that, else absolute; a volume's own name. */
  readonly source?: string;
  readonly readOnly: boolean;
  readonly size?: string;
}

export interface ContainerFields {
  readonly image: string;
  /** Of that name by now; absent before there is one. A name may come to mean another image. */
  readonly imageId?: string;
  /** Null: the image's own. */
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingDir?: string;
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Keyed digest by variable; null where nobody can tell. */
  readonly secrets: Readonly<Record<string, string | null>>;
  /** By `8080/tcp`: where the machine listens for it. Absent: inside the network only. */
  readonly ports: Readonly<Record<string, { readonly port: number; readonly address: string }>>;
  /** By target path. */
  readonly mounts: Readonly<Record<string, Mount>>;
  readonly limits: {
    readonly memory?: string;
    readonly cpu?: string;
    readonly pids?: number;
    readonly files?: number;
  };
  /** As the file asks; how the engine is told stands in the recipe of the container. */
  readonly health: Readonly<Record<string, Json>>;
  readonly network: {
    readonly mode: string;
    readonly aliases: readonly string[];
    readonly dns: readonly string[];
  };
  readonly security: {
    readonly readOnlyRootFilesystem: boolean;
    readonly noNewPrivileges: boolean;
    readonly drop: readonly string[];
    readonly add: readonly string[];
    readonly seccomp: string;
    readonly privileged: boolean;
    readonly pidMode: string;
  };
  readonly restart: { readonly policy: string; readonly retries: number };
  readonly stop: { readonly signal: string; readonly grace: string };
  readonly logging: { readonly maxSize: string; readonly maxFiles: number };
  /** Of `metadata`: labels and annotations alike. */
  readonly labels: Readonly<Record<string, string>>;
  readonly dependsOn: Readonly<Record<string, { readonly condition: string; readonly restart: boolean }>>;
  /** Whether it runs: one that was stopped by hand, or has given up, is not as it is wanted. */
  readonly running: boolean;
}

/** Made by this target and read back by it: the shape is its own. */
export function containerFields(fields: Fields): ContainerFields {
  if (typeof fields["image"] !== "string" || !("mounts" in fields))
    throw new Error("these are not the fields of a container");
  return fields as unknown as ContainerFields;
}

export function imageFields(fields: Fields): ImageFields {
  if (typeof fields["reference"] !== "string") throw new Error("these are not the fields of an image");
  return fields as unknown as ImageFields;
}

/** What only the engine can say before anything is wanted. Plain JSON: it goes through a plan file. */
export interface DockerFacts {
  /** Id by reference, of the images that are there. */
  readonly images: Readonly<Record<string, string>>;
  /** Port of the machine by agent and then by `8080/tcp`. */
  readonly ports: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** A folder of an agent exists here only where the engine is on this machine. */
  readonly isLocal: boolean;
}

export function isDockerFacts(value: Json): value is Json & DockerFacts {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "images" in value;
}
