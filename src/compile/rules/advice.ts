import { isLoopbackAddress } from "../../base/loopback.ts";
import { portItem, type Rule } from "../rule.ts";

/** What a careful reviewer would ask, as advice: nothing here stops anything. */
export const advice: Rule = {
  agent(view, report, { production }) {
    const { ir, doc } = view;
    const top = doc.at(["metadata", "name"]);
    const written = doc.value.spec.resources?.limits;
    const missing = (["cpu", "memory"] as const).filter((kind) => written?.[kind] === undefined);
    if (missing.length > 0) {
      const at = doc.value.spec.resources === undefined ? top : doc.at(["spec", "resources"], "key");
      report("AAC2401", at, `\`${ir.name}\` has no limit of ${missing.join(" and ")}`, {
        notes: [
          "one agent that runs wild can then starve all others on the machine",
          'write `resources: {limits: {cpu: "1", memory: 512Mi}}`',
        ],
      });
    }
    if (doc.value.spec.healthCheck === undefined) {
      report("AAC2402", top, `\`${ir.name}\` has no health check`, {
        notes: [
          "it counts as ready as soon as it runs, and hangs unnoticed",
          "write `healthCheck: {path: /health}`, or a check of type tcp, command or file",
        ],
      });
    }
    const { image } = ir.program;
    if (image !== undefined && ir.program.build === undefined && !doc.held.has("/spec/image")) {
      const digest = image.includes("@sha256:");
      const tag = /:([^:/@]+)(?:@|$)/.exec(image)?.[1];
      if (!digest && (tag === undefined || tag === "latest")) {
        report(
          "AAC2404",
          doc.at(["spec", "image"]),
          tag === undefined
            ? "an image without a tag is whatever `latest` is that day"
            : "`latest` is another image each day",
          {
            notes: ["write a version, such as `:1.4.2`, or a digest"],
          },
        );
      } else if (!digest && production) {
        report("AAC2410", doc.at(["spec", "image"]), "in production a tag can be moved under the agent", {
          notes: ["write the digest: `name:tag@sha256:…`"],
        });
      }
    }
    const { destination } = ir.logging;
    if (
      destination !== undefined &&
      /[/\\]/.test(destination) &&
      doc.value.spec.logging?.maxSize === undefined
    ) {
      report("AAC2406", doc.at(["spec", "logging", "destination"]), "nothing rotates this log file", {
        notes: [
          "it grows until the disk is full",
          "write to standard output, which is rotated, or give `maxSize` and `maxFiles`",
        ],
      });
    }
    for (const port of Object.values(ir.ports)) {
      if (port.host === "none" || isLoopbackAddress(port.hostIP)) continue;
      const wide = port.hostIP === "0.0.0.0" || port.hostIP === "::";
      report(
        "AAC2409",
        doc.at([...portItem(view, port.container, port.protocol), "hostIP"]),
        `port ${port.container} is open to the network`,
        {
          label: wide ? "every machine that reaches this one" : undefined,
          notes: ["leave `hostIP` out to keep it on this machine"],
        },
      );
    }
  },
};
