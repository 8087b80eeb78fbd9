import type { KindRules } from "../../src/model/resource.ts";
import { ROLLED_OUT } from "./names.ts";

const EXCHANGED = "its pods are exchanged";
const CLAIMED = "a claim keeps what it was bound with";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };

/** How the objects of a cluster compare, and what a live one cannot change. */
export const kinds = {
  Namespace: PLAIN,
  ConfigMap: { ...PLAIN, replaceOn: { immutable: "a ConfigMap that was closed stays closed" } },
  PersistentVolumeClaim: {
    ...PLAIN,
    // All but its size; the server says itself what it does not let a size become.
    replaceOn: {
      "spec/accessModes": CLAIMED,
      "spec/storageClassName": CLAIMED,
      "spec/volumeMode": CLAIMED,
      "spec/volumeName": CLAIMED,
      "spec/selector": CLAIMED,
      "spec/dataSource": CLAIMED,
      "spec/dataSourceRef": CLAIMED,
    },
  },
  Service: { ...PLAIN, replaceOn: { "spec/clusterIP": "a Service keeps the address that it has" } },
  Deployment: {
    ...PLAIN,
    replaceOn: { "spec/selector": "a Deployment cannot change which pods are its own" },
    secret: ["secrets"],
    code: ["code"],
    // Whether it comes up goes on after every apply.
    volatile: [ROLLED_OUT],
    rolls: {
      "spec/template": EXCHANGED,
      secrets: EXCHANGED,
      code: EXCHANGED,
      configDigest: EXCHANGED,
    },
  },
} as const satisfies Readonly<Record<string, KindRules>>;
