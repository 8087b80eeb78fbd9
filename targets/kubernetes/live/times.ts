/** A time of the cluster's, in its own spelling: whole seconds without a fraction. */
export function later(time: string, millis: number): string {
  const stamp = Date.parse(time);
  return Number.isNaN(stamp) ? time : new Date(stamp + millis).toISOString().replace(".000Z", "Z");
}
