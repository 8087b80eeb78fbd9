/** The words that the rooms of `aac init` share. */
export const RUNTIMES = ["python", "nodejs", "go", "rust", "java"] as const;
export type Runtime = (typeof RUNTIMES)[number];

export const TEMPLATES = ["http", "worker", "mcp"] as const;
export type Template = (typeof TEMPLATES)[number];

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  /** The file is there: the text is added at its end and nothing in it changes. */
  readonly append?: boolean;
}

/** What the code of a runtime offers to begin with; a template that is not there does not exist for it. */
export interface Starter {
  /** Lines for .gitignore beside aac's own: what building and running leave behind. */
  readonly ignore: readonly string[];
  readonly templates: { readonly [T in Template]?: (name: string) => readonly PlannedFile[] };
}

/** One variable that the agent gets. */
export type Variable =
  | { readonly is: "secret"; readonly name: string }
  | { readonly is: "env"; readonly name: string }
  | { readonly is: "value"; readonly name: string; readonly value: string };

export type Health =
  | { readonly is: "http"; readonly path: string }
  | { readonly is: "tcp" }
  | { readonly is: "file"; readonly path: string }
  | { readonly is: "none" };

export interface Model {
  readonly provider: string;
  readonly name: string;
}
