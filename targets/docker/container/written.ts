import type { AgentIr } from "../../../src/model/ir.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { renamed, writtenOf } from "../../../src/wanted/places.ts";
import { writtenToldPorts } from "../../../src/wanted/told-ports.ts";
import type { ImageFields } from "../shapes.ts";

/** Where the fields of each object were written: an engine calls much otherwise than a file does. */

type Places = Resource["written"];
type Names = readonly (readonly [from: string, to: string])[];

/** Where two fall together the later one holds. */
const CONTAINER: Names = [
  ["runtime", "health/interpreter"],
  ["volumes", "mounts"],
  ["resources/limits", "limits"],
  ["security/runAsGroup", "user"],
  ["security/runAsUser", "user"],
  ["security/capabilities/drop", "security/drop"],
  ["security/capabilities/add", "security/add"],
  ["security/dangerous", "security/privileged"],
  ["security/dangerous", "security/pidMode"],
  ["isolation/filesystem", "security/readOnlyRootFilesystem"],
  ["security/readOnlyRootFilesystem", "security/readOnlyRootFilesystem"],
  ["network/name", "network/mode"],
  ["isolation/network", "network/mode"],
  ["supervision/restart", "restart"],
  ["supervision/maxRestarts", "restart/retries"],
  ["supervision/stopSignal", "stop/signal"],
  ["supervision/stopGracePeriod", "stop/grace"],
  ["metadata/annotations", "labels"],
  ["metadata/labels", "labels"],
  ["config", "mounts//etc/aac"],
  ["config", "environment/AAC_CONFIG"],
];

export function writtenInContainer(agent: AgentIr, fields: Fields, written: Places): Places {
  const places = {
    ...withoutCommand(written),
    ...writtenToldPorts(agent, written),
    ...renamed(written, [...CONTAINER, ...portNames(agent)]),
    ...programPlaces(agent, fields, written),
  };
  return writtenOf(fields, places);
}

/** What the file calls the command is the entry point here. */
const withoutCommand = (written: Places): Places =>
  Object.fromEntries(Object.entries(written).filter(([path]) => !/^command(?:\/|$)/.test(path)));

const portNames = ({ ports }: AgentIr): Names =>
  Object.keys(ports).flatMap((key) => [
    [`ports/${key}/host`, `ports/${key}/port`] as const,
    [`ports/${key}/hostIP`, `ports/${key}/address`] as const,
  ]);

/** Arguments follow the command in a file, and here each has a field of its own. */
function programPlaces({ program }: AgentIr, { command }: Fields, written: Places): Places {
  const { args, shell } = program;
  if (program.command !== undefined || shell)
    return renamed(written, [
      [program.command === undefined ? "args" : "command", "entrypoint"],
      ["args", "command"],
    ]);
  // Behind the program of the runtime, or alone.
  const before = Array.isArray(command) ? command.length - args.length : 0;
  const places = args.map(
    (_, i) => [`command/${before + i}`, written[`args/${i}`] ?? written["args"]] as const,
  );
  return Object.fromEntries(
    [["command", written["args"] ?? written["runtime"]] as const, ...places].flatMap(([path, at]) =>
      at === undefined ? [] : [[path, at]],
    ),
  );
}

const IMAGE: Names = [
  ["metadata/version", "reference"],
  ["image", "reference"],
  ["build", "context"],
  ["build/context", "context"],
  ["build/args", "args"],
  ["build/target", "target"],
  ["runtime", "dockerfile"],
  ["dependencies", "dockerfile"],
  ["build/baseImage", "dockerfile"],
  ["build/dockerfile", "dockerfile"],
  ["metadata", "metadata"],
];

export const writtenInImage = (fields: ImageFields, written: Places): Places =>
  writtenOf(fields, renamed(written, IMAGE));

export const writtenInConfig = (written: Places): Places =>
  writtenOf(
    { config: 0 },
    renamed(written, [
      ["config", "config"],
      ["metadata", "metadata"],
    ]),
  );
