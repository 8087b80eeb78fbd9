import type { Rule } from "../rule.ts";
import { advice } from "./advice.ts";
import { backoffRange } from "./backoff-range.ts";
import { configReferences } from "./config-references.ts";
import { dangerousMount } from "./dangerous-mount.ts";
import { dangerousPrivilege } from "./dangerous-privilege.ts";
import { dependencies } from "./dependencies.ts";
import { dependencyVersions } from "./dependency-versions.ts";
import { duplicateAgents } from "./duplicate-agents.ts";
import { healthPortExposed } from "./health-port-exposed.ts";
import { hostPortConflict } from "./host-port-conflict.ts";
import { modelRanges } from "./model-ranges.ts";
import { oddAmounts } from "./odd-amounts.ts";
import { oddTexts } from "./odd-texts.ts";
import { overrideTarget } from "./override-target.ts";
import { pathEscape } from "./path-escape.ts";
import { probeTimes } from "./probe-times.ts";
import { replicaRange } from "./replica-range.ts";
import { requestsAboveLimits } from "./requests-above-limits.ts";
import { scalingConflict } from "./scaling-conflict.ts";
import { secretLiterals } from "./secret-literals.ts";
import { secretPlaces } from "./secret-places.ts";
import { services } from "./services.ts";
import { shellString } from "./shell-string.ts";
import { sizeLimits } from "./size-limits.ts";
import { stuckUpdate } from "./stuck-update.ts";
import { utilisationNeedsRequest } from "./utilisation-needs-request.ts";

/** A new rule: its file, its line here, its code in model/codes.ts, its page in ui/pages. */
export const RULES: readonly Rule[] = [
  advice,
  backoffRange,
  configReferences,
  dangerousMount,
  dangerousPrivilege,
  dependencies,
  dependencyVersions,
  duplicateAgents,
  healthPortExposed,
  hostPortConflict,
  modelRanges,
  oddAmounts,
  oddTexts,
  overrideTarget,
  pathEscape,
  probeTimes,
  replicaRange,
  requestsAboveLimits,
  scalingConflict,
  secretLiterals,
  secretPlaces,
  services,
  shellString,
  sizeLimits,
  stuckUpdate,
  utilisationNeedsRequest,
];
