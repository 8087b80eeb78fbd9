import type { KindRules } from "../../src/model/resource.ts";

const ANEW = "an image is never changed, another one is made";
const VARIABLES = "a container cannot change its variables";
const MADE = "a container keeps what it was made with";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };

/** How the objects of an engine compare, and what a living one cannot change. */
export const kinds = {
  image: { ...PLAIN, replaceOn: { "**": ANEW }, code: ["code"] },
  network: { ...PLAIN, replaceOn: { "**": "a network cannot be changed" } },
  // One that is there keeps its driver: it could only be exchanged with all that is in it.
  volume: { ...PLAIN, ignore: ["driver"] },
  config: PLAIN,
  container: {
    replaceOn: {
      imageId: "a container keeps the image that it was made from",
      entrypoint: "a container cannot change its command",
      command: "a container cannot change its command",
      workingDir: MADE,
      user: "a container cannot change its user",
      environment: VARIABLES,
      secrets: VARIABLES,
      ports: "a container keeps its ports",
      mounts: "a container keeps its mounts",
      "limits/files": "a container keeps its limit of open files",
      health: "a container keeps its health check",
      "network/mode": "a container keeps its network",
      "network/dns": "a container keeps its name servers",
      security: "a container keeps its rights",
      stop: "a container keeps the way in which it is stopped",
      logging: "a container keeps the way in which it is logged",
      labels: "a container cannot change its labels",
      dependsOn: "what it waits for stands on its labels, which cannot be changed",
    },
    // The image is an object of its own, and says itself when it is another; a name that has come to mean another
    // image shows by its id.
    ignore: ["image"],
    secret: ["secrets"],
    code: [],
    volatile: ["running"],
    rolls: {},
  },
} as const satisfies Readonly<Record<string, KindRules>>;
