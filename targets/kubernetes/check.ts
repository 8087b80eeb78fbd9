import { isLoopbackUrl } from "../../src/base/loopback.ts";
import { addressTexts, type AgentView } from "../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";

/** What holds for pods. */
export function check(agents: readonly AgentView[]): Diagnostic[] {
  return agents.flatMap((view) =>
    addressTexts(view)
      .filter(({ text }) => isLoopbackUrl(text))
      .map(({ path }) =>
        diagnostic("AAC2301", view.doc.at(path), "a pod cannot reach the machine by a loopback address", {
          notes: ["write the name of a Service, or a service that an agent offers: `from: service`"],
        }),
      ),
  );
}
