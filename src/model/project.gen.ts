// Generated from schema/ by `npm run gen`: do not edit.

/**
 * How a finding of a rule counts: off hides it, info and warning show it, and error makes the command fail.
 */
export type RuleLevel = "off" | "info" | "warning" | "error";

/**
 * Settings of a project, in the file .aac.yaml.
 */
export interface Project {
  /**
   * Name of the project, a DNS label of at most 40 characters; by default the folder's name with a digest of its path, where the target allows it.
   */
  readonly project?: string;
  /**
   * Name of the target that agents are applied to, unless --target or AAC_TARGET names another; by default the target that needs nothing installed.
   */
  readonly target?: string;
  /**
   * Globs of the agent files of the project, relative to this file; by default every agent file below it: agent.yaml, agent.yml, NAME.agent.yaml.
   *
   * Items: One glob.
   */
  readonly files?: string[];
  /**
   * Name of the profile that is merged over each spec, unless --profile names another; by default none.
   */
  readonly profile?: string;
  /**
   * Level of each rule, by its ID; by default each has its own level.
   */
  readonly rules?: {
    /**
     * Level of the rule.
     */
    [k: string]: RuleLevel;
  };
  /**
   * Files with the project's own rules, relative to this file; by default there are none.
   *
   * Items: Path of one file.
   */
  readonly policies?: string[];
  /**
   * Paths outside the project that agents may use; by default none.
   *
   * Items: One path, absolute or relative to this file.
   */
  readonly allowPaths?: string[];
  /**
   * First and last port that may be chosen where an agent names none, joined by a hyphen; by default 20000-29999.
   */
  readonly portRange?: string;
  /**
   * Places that agents are applied to, by name, chosen with --env.
   */
  readonly environments?: {
    [k: string]: ProjectEnvironment;
  };
}
/**
 * One place that agents are applied to.
 */
export interface ProjectEnvironment {
  /**
   * Name of the profile that is merged over each spec here; by default that of the project.
   */
  readonly profile?: string;
  /**
   * Name of the target that is used here; by default that of the project.
   */
  readonly target?: string;
  /**
   * Name of the connection that the target uses here; by default the one that is current there.
   */
  readonly context?: string;
  /**
   * Namespace that objects are made in, a DNS label; by default the one that is current there.
   */
  readonly namespace?: string;
  /**
   * Whether this place serves real users, so that an apply asks for its name to be typed; by default it does not.
   */
  readonly production?: boolean;
}
