/** Blocks that guides of other tools describe and that nothing has ever carried out. */
export const DEAD: ReadonlySet<string> = new Set([
  "spec.alerts",
  "spec.backup",
  "spec.quality",
  "spec.dr",
  "spec.capacity",
  "spec.cost",
  "spec.incidents",
  "spec.audit",
  "spec.privacy",
  "spec.compliance",
  "spec.access",
  "spec.storage",
  "spec.events",
  "spec.security.auth_provider",
  "spec.security.config",
  "spec.build.optimization",
]);
