import type { System } from "../model/system.ts";
import { clock } from "./clock.ts";
import { digests } from "./digests.ts";
import { files } from "./files.ts";
import { host } from "./host.ts";
import { net } from "./net.ts";
import { processes } from "./process.ts";
import { unixSockets } from "./sockets.ts";

/** The real world. */
export const system: System = { files, clock, processes, net, sockets: unixSockets(host.uid), digests, host };
