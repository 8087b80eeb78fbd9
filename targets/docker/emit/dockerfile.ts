import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Emitter } from "../../../src/model/emit.ts";
import { enforced } from "../../../src/wanted/support.ts";
import { check } from "../check.ts";
import { desired } from "../desired.ts";
import { imageId } from "../names.ts";
import { imageFields } from "../shapes.ts";
import { support } from "../support.ts";
import { recipeOf } from "./recipe.ts";

/** How the image of one agent is built; what is said to a container of it stands nowhere in an image. */
export const emitter: Emitter = {
  target: { name: "docker", shared: false, support, check, desired },
  holds: "an agent",
  about: [
    "runtime",
    "dependencies",
    "dev_dependencies",
    "image",
    "build",
    "command",
    "args",
    "shell",
    "workingDir",
    "code",
  ],
  support: { runtime: enforced, dependencies: enforced },
  emit({ agents: [name = ""], desired: all, facts, ir }) {
    const found = all.find(({ id }) => id === imageId(name));
    const image = found === undefined ? undefined : imageFields(found.fields);
    const agent = ir.agents[name];
    const own = facts.agents[name];
    if (image?.from !== "build" || agent === undefined || own === undefined)
      return refusal(`\`${name}\` runs ${image?.reference ?? "an image"}, and nothing is built for it`);
    const recipe = recipeOf(agent, own, image);
    if (recipe.is === "own") return refusal(`\`${name}\` has a recipe of its own: ${recipe.path}`);
    return ok({ is: "text", text: recipe.text, lost: recipe.lost });
  },
};

const refusal = (message: string): Result<never, Diagnostic> =>
  err(
    diagnostic("AAC2306", undefined, message, {
      notes: ["one is made where `runtime` says what to build, and `build` names no other"],
    }),
  );
