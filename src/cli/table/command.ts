/**
 * Every command, as data: parsing, help, documentation and completion all read this table. A command without
 * `load` is not built yet and says so.
 */
export interface CommandSpec {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly (readonly [command: string, about: string])[];
  readonly options: readonly OptionSpec[];
  /** In the overview those that say the same here stand on one line. */
  readonly together?: string;
  /** People read what it prints, and it may be longer than a screen: in a terminal a pager shows it. */
  readonly paged?: true;
  /** What stands behind its first argument belongs to a command that is run, flags too. */
  readonly passThrough?: true;
  readonly load?: () => Promise<{ readonly run: Run }>;
}

export interface OptionSpec {
  readonly flags: string;
  readonly about: string;
  readonly repeats?: true;
  readonly choices?: readonly string[];
  readonly preset?: string;
}

export type Run = (context: Context) => Promise<number>;

export interface Context {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly started: number;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Called once nobody reads the output any more. */
  readonly whenLeft: (run: () => void) => void;
  readonly screen: Screen;
}

export interface Screen {
  readonly colour: boolean;
  /** It opens what somebody clicks: places of files are links there. */
  readonly links: boolean;
  readonly width: number;
  readonly terminal: boolean;
  readonly ci: boolean;
}
