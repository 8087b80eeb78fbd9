import { cpSync, rmSync } from "node:fs";
import { makeProject, type Project, type Running, type Where } from "./project.ts";

/** An engine or a cluster that the command line is tried on. */
export interface PlatformAt extends Where {
  /** Lines of .aac.yaml beside the project's name and the target. */
  readonly settings?: (project: string) => readonly string[];
  /** Takes away whatever has the project's label, however it came there. */
  clear(project: string): Promise<void>;
}

/** There is no process of this machine to be asked for. */
export interface PlatformProject extends Omit<Project, "pidOf" | "processes"> {
  /** A folder of fixtures as it is, but for the project's name and its target. */
  copy(fixture: URL): void;
}

/**
 * A project on an engine or in a cluster for the time of a test: through the real command line, with folders of its
 * own for all that is kept. Afterwards nothing of it is left, also where the test failed.
 */
export async function onPlatform(
  name: string,
  at: PlatformAt,
  files: Readonly<Record<string, string>>,
  body: (project: PlatformProject) => Promise<void>,
): Promise<void> {
  const project = makeProject(name, at);
  const begun: Running[] = [];
  const settle = (): void => {
    const lines = [
      `project: ${project.name}`,
      `target: ${at.target}`,
      ...(at.settings?.(project.name) ?? []),
    ];
    project.write(".aac.yaml", `${lines.join("\n")}\n`);
  };
  settle();
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  try {
    await at.clear(project.name);
    await body({
      ...project,
      begin(args, call) {
        const running = project.begin(args, call);
        begun.push(running);
        return running;
      },
      copy(fixture) {
        cpSync(fixture, project.folder, { recursive: true });
        settle();
      },
    });
  } finally {
    for (const { child, ended } of begun) {
      child.kill("SIGKILL");
      await ended;
    }
    await at.clear(project.name);
    rmSync(project.root, { recursive: true, force: true });
  }
}
