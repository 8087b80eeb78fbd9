import { isBelow, normalise } from "../../../src/base/paths.ts";
import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { notBuilt } from "../../../src/wanted/support.ts";
import { contextOf, isContextKnown, namesDockerfile } from "../image/build.ts";
import { isOpen } from "../logs/open-text.ts";
import { notBuiltValues, WORDS } from "../support.ts";

/** What an agent runs in. */
export function programFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  const { runtime, image, build } = ir.program;
  if (image === undefined && build === undefined) {
    if (runtime === undefined || runtime.name === "container" || runtime.name === "exec")
      return [
        diagnostic(
          "AAC2306",
          doc.at(["spec", runtime === undefined ? "command" : "runtime"]),
          "there is nothing here that a container could run in",
          { notes: ["add an `image`, a `build`, or a `runtime` such as python, of which one is made"] },
        ),
      ];
    if (runtime.name !== "python" && runtime.name !== "nodejs")
      return [
        notBuilt(
          doc.at(["spec", "runtime"]),
          `an image for the runtime ${runtime.name}`,
          notBuiltValues.runtime.instead,
          WORDS,
        ),
      ];
  }
  return [...buildFaults(view), ...unused(view), ...userFaults(view)];
}

function buildFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { build } = ir.program;
  if (build === undefined) return [];
  const { instead } = notBuiltValues.build;
  const at = (name: string): ReturnType<typeof doc.at> => doc.at(["spec", "build", name]);
  const found: Diagnostic[] = [];
  if (!isContextKnown(ir))
    found.push(notBuilt(at("context"), "a build context outside the agent's own folder", instead, WORDS));
  else if (build.dockerfile !== undefined && !isBelow(normalise(build.dockerfile), contextOf(ir)))
    found.push(notBuilt(at("dockerfile"), "a Dockerfile outside the build context", instead, WORDS));
  if (build.baseImage !== undefined && /\s/.test(build.baseImage) && !isOpen(build.baseImage))
    found.push(
      diagnostic("AAC2306", at("baseImage"), "no image has such a name", {
        notes: ["write one such as python:3.11-slim"],
      }),
    );
  return found;
}

/** What is for an image that aac makes by a recipe of its own, where there is none. */
function unused({ ir, doc }: AgentView): Diagnostic[] {
  const isNamed = ir.program.image !== undefined && ir.program.build === undefined;
  const isTheirs = !isNamed && namesDockerfile(ir);
  if (!isNamed && !isTheirs) return [];
  const note = (path: readonly string[], why: string): Diagnostic =>
    diagnostic(
      "AAC2304",
      doc.at(["spec", ...path], "key"),
      `\`${path.join(".")}\` has no meaning for this container: ${why}`,
    );
  const { code } = ir;
  return [
    ...(ir.dependencies.length > 0
      ? [
          note(
            ["dependencies"],
            isNamed ? "the image brings its packages" : "the Dockerfile installs its packages",
          ),
        ]
      : []),
    ...(isTheirs && ir.program.build?.baseImage !== undefined
      ? [note(["build", "baseImage"], "the Dockerfile says what it begins with")]
      : []),
    ...(isNamed && (code.include.length > 0 || code.exclude.length > 0)
      ? [note(["code"], "the image brings its code")]
      : []),
  ];
}

/** In an image that is there already nobody can tell which user a group would go with. */
function userFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { runAsUser, runAsGroup } = ir.security;
  const isNamed = ir.program.image !== undefined && ir.program.build === undefined;
  if (!isNamed || runAsGroup === undefined || runAsUser !== undefined) return [];
  return [
    diagnostic(
      "AAC2306",
      doc.at(["spec", "security", "runAsGroup"]),
      "an engine takes a group only together with a user",
      { notes: ["write `runAsUser` beside it"] },
    ),
  ];
}
