/** What a hostile file may cost at the most. */
export const LIMITS = {
  bytes: 1024 * 1024,
  depth: 64,
  nodes: 100_000,
  aliasNodes: 10_000,
  aliasText: 4 * 1024 * 1024,
  problems: 1000,
} as const;
