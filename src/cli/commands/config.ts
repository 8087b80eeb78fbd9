import type { Json } from "../../base/canonical.ts";
import type { CheckedAgent } from "../../model/checked.ts";
import { positionAt } from "../../model/source.ts";
import { load } from "../project/project.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import { loadRequest } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const loaded = await load(loadRequest(context, false));
  const errors = loaded.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0) {
    const { human } = await import("../../ui/reporters/human.ts");
    const { paintOf } = await import("../terminal/paint-of.ts");
    const report = {
      diagnostics: errors,
      texts: loaded.texts,
      files: loaded.reported,
      agents: loaded.agents.length,
      millis: Math.round(now() - context.started),
      version: context.version,
    };
    context.error(human(report, { paint: paintOf(context), width: context.screen.width }));
    return 2;
  }
  if (context.options["output"] === "ir") {
    const { jsonText } = await import("../../ui/visible.ts");
    context.out(`${jsonText(loaded.compiled.ir as unknown as Json, 2)}\n`);
    return 0;
  }
  const { originYaml } = await import("../../ui/origin-yaml.ts");
  const texts = loaded.agents.map((agent) =>
    originYaml(withoutProfiles(agent), (path) => place(agent, path)),
  );
  context.out(texts.join("---\n"));
  return 0;

  function place(agent: CheckedAgent, path: readonly (string | number)[]): string {
    const span = agent.at(path);
    const { line } = positionAt(loaded.texts.get(span.file) ?? "", span.start);
    return `${span.file}:${line}`;
  }
}

function withoutProfiles(agent: CheckedAgent): Json {
  const { profiles: _, ...rest } = agent.value;
  return rest as unknown as Json;
}
