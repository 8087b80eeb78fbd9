import type { Json } from "../base/canonical.ts";
import type { Result } from "../base/result.ts";
import type { Secret } from "../base/secret.ts";
import type { AgentView } from "./checked.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Check, Question } from "./doctor.ts";
import type { Facts, SecretPlace } from "./facts.ts";
import type { Holder } from "./holder.ts";
import type { Ir } from "./ir.ts";
import type { Operates } from "./operates.ts";
import type { Change, Plan } from "./plan.ts";
import type { RevisionStore } from "./revision.ts";
import type { Id, KindRules, Observed, Resource, Written } from "./resource.ts";
import type { Part, Step } from "./step.ts";
import type { System } from "./system.ts";

/** What one way to run agents has to say and do. Adding one is a folder and a line in the registry. */
export interface Target {
  readonly name: string;
  readonly kinds: Readonly<Record<string, KindRules>>;
  /** The kind that is the agent itself: what is exchanged where somebody wants an agent anew. */
  readonly runs: string;
  /** Where a value is looked up that a file only names: here, from files and the caller, or on the platform. */
  readonly values: "here" | "there";
  /** Others reach the same objects from other machines, so that a project needs a name of its own. */
  readonly shared: boolean;
  readonly support: FieldSupport;
  /** What this target cannot carry, or carries otherwise than the file suggests. Pure. */
  check(agents: readonly AgentView[]): readonly Diagnostic[];
  /** Pure: sorted, and the same bytes each time. */
  desired(request: DesiredRequest): readonly Resource[];
  /** Pure: what an apply does to one object, in order. */
  readonly steps: (change: Change) => readonly Step[];
  /** Connects, and writes nothing. */
  open(system: System, here: Here): Promise<Result<Session, Diagnostic>>;
  /** What `aac doctor` looks at here; its code is loaded for that alone. */
  doctor?(system: System, here: Here, question: Question): Promise<readonly Check[]>;
}

/** Where a field of the format stands on a target: carried as written, carried by other means, refused, or without meaning there. */
export type Support =
  | { readonly is: "enforced" }
  | { readonly is: "emulated"; readonly how: string }
  | { readonly is: "refused"; readonly why: string; readonly instead: string }
  | { readonly is: "not for this target"; readonly why: string };

/** By path below `spec`, such as `resources.limits.memory`; the nearest ancestor that is named holds. */
export type FieldSupport = Readonly<Record<string, Support>>;

export interface DesiredRequest {
  readonly ir: Ir;
  readonly facts: Facts;
  /** By agent, then by path in its IR (`environment/LOG_LEVEL`): where it was written. */
  readonly written: Readonly<Record<string, Readonly<Record<string, Written>>>>;
}

/** Whose objects, as far as this machine knows it by itself. */
export interface Here {
  readonly project: string;
  readonly target: string;
  /** Which checkout this is: its remote and path in it, else host and path. */
  readonly origin: string;
  /** Absolute. */
  readonly root: string;
  /** Absolute, for state that helps and is never needed. */
  readonly home: string;
  readonly cache: string;
  readonly runtime: string;
  readonly portRange: readonly [number, number];
  /** As they were given on the command line or in the project's file. */
  readonly chosen: {
    readonly context?: string;
    readonly namespace?: string;
    readonly kubeconfig?: string;
  };
}

/** Whose objects, and where: state, lock and plan files belong to one place and are refused in another. */
export interface Place extends Here {
  /** The machine and user, the engine, or the cluster and namespace: shown, and part of a plan file. */
  readonly where: string;
  /** 12 hexadecimal digits of all that. */
  readonly key: string;
}

/** An open connection to one place. */
export interface Session {
  readonly place: Place;
  /** Stands for a secret of this place; undefined before the first apply has made a key. */
  readonly keyed: (text: string) => string | undefined;
  /** By agent: the paths of the code that its live object was started with. */
  remembered(): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** What only the target can tell before anything is wanted: free ports, programs, image ids. Reads only. */
  facts(ir: Ir, agents: Facts["agents"]): Promise<Result<Json, readonly Diagnostic[]>>;
  /** Values that live agents hold, so that what they print can be shown without them. Reads only. */
  secretsInUse?(): readonly Secret[];
  /** Reads only. What is live and this project's, in the shape of what is wanted. */
  observe(desired: readonly Resource[]): Promise<Result<Observation, Diagnostic>>;
  /** Reads only: one diagnostic for each thing that would fail. */
  preflight(plan: Plan, context: Preflight): Promise<readonly Diagnostic[]>;
  /** Obeys, never decides; safe to repeat. */
  run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>>;
  /** After the last step: what seemed to be up and ended at once. An agent without a check says nothing sooner. */
  settle?(): Promise<readonly { readonly id: Id; readonly failure: Failure }[]>;
  /** Once before the first step, and after the last: a supervisor is started, or ended when nothing is left. */
  begin(): Promise<Result<void, Diagnostic>>;
  end(): Promise<void>;
  /** One line each: what stays after everything was taken down, and how large it is. */
  leftovers?(): readonly string[];
  readonly operates: Operates;
  /**
   * One writer among all machines that reach these objects; absent where one machine has them for itself, and its own
   * lock is enough.
   */
  lock?(holder: Holder): Promise<SharedLock>;
  /** Reads only, before a step: an apply of somebody else that began after this one, as a person is told of it. */
  rival?(mark: Mark): Promise<string | undefined>;
  /** Where revisions are kept, if others shall see them too; absent: in files of this machine. */
  readonly revisions?: RevisionStore;
  /** Names of what has to stay so that these resources can be had again: images, code. Pure. */
  needs?(resources: readonly Resource[]): readonly string[];
  /** After an apply: what one of the kept revisions needs stays, all else that was kept for that may go. */
  keep?(needed: ReadonlySet<string>): Promise<void>;
  /** Makes an object that is somebody else's or nobody's one of this project. */
  adopt?(request: AdoptRequest): Promise<Result<Adopted, Diagnostic>>;
  /** The one that keeps agents running here; absent where the platform does that itself. */
  readonly supervising?: Supervising;
  close(): void;
}

export type SharedLock =
  | {
      readonly is: "held";
      /** Aborted when it is not ours any more, whatever became of it: no step may begin after that. */
      readonly lost: AbortSignal;
      release(): Promise<void>;
    }
  /** `endsInMs`: when it ends by itself, if its holder is gone. */
  | { readonly is: "taken"; readonly holder: Holder | undefined; readonly endsInMs?: number }
  | { readonly is: "refused"; readonly fault: Diagnostic };

/** What an apply writes on all that it changes, so that it can be told which one that was. */
export interface Mark {
  readonly apply: string;
  readonly revision: number;
}

export interface AdoptRequest {
  /** As its platform calls it: `Deployment`, `container`, `process`. */
  readonly kind: string;
  readonly name: string;
  /** Whose object it becomes. */
  readonly agent: string;
  readonly desired: readonly Resource[];
}

export interface Adopted {
  readonly id: Id;
  /** What was done, and what the next apply does with it: one line each. */
  readonly notes: readonly string[];
}

export interface Supervising {
  status(): Promise<Result<SupervisorStatus | undefined, Diagnostic>>;
  start(): Promise<Result<SupervisorStatus, Diagnostic>>;
  /** Everything but the start: for one that stays in a terminal. */
  prepare(): void;
  /** Its agents are left alone; false where none ran. */
  stop(): Promise<Result<boolean, Diagnostic>>;
}

export interface SupervisorStatus {
  readonly pid: number;
  readonly version: string;
  /** UTC */
  readonly since: string;
  readonly log: string;
}

export interface Observation {
  readonly objects: readonly Observed[];
  /** One line each, such as a supervisor that does not run. */
  readonly notes: readonly string[];
}

export interface Preflight {
  readonly secret: (agent: string, variable: string) => Result<FoundSecret, Diagnostic>;
}

export interface FoundSecret {
  readonly value: Secret;
  /** What a digest is made of, where that is another text: addresses of services are left open in it. */
  readonly compared?: Secret;
  readonly origin: SecretPlace;
}

export interface StepContext extends Preflight {
  readonly signal: AbortSignal;
  /** How far it is, or what it waits for: one line. `part` where that is counted, and never guessed. */
  readonly report: (text: string, part?: Part) => void;
  /** Absent where nothing is marked, as in a trial. */
  readonly mark?: Mark;
}

/** Why a step failed, as a person is told. */
export interface Failure {
  readonly message: string;
  /** Last lines of a log, or what the platform said. */
  readonly lines: readonly string[];
  /** Trying again may help. */
  readonly passing: boolean;
}
