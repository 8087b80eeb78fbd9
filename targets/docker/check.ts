import { isLoopbackUrl } from "../../src/base/loopback.ts";
import { addressTexts, type AgentView } from "../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";

/** What holds for containers of one engine. */
export function check(agents: readonly AgentView[]): Diagnostic[] {
  return agents.flatMap((view) =>
    addressTexts(view)
      .filter(({ text }) => isLoopbackUrl(text))
      .map(({ path }) =>
        diagnostic(
          "AAC2302",
          view.doc.at(path),
          "inside a container a loopback address is the container itself",
          {
            notes: [
              "write `host.docker.internal`, which leads to the machine, or a service that an agent offers",
            ],
          },
        ),
      ),
  );
}
