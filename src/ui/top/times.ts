import { secondsOf } from "../status/age.ts";

const DAY = 86_400;

/** `14:02:11`: a UTC time as the clock on the wall shows it, which is so many minutes away from UTC. */
export function clockWords(utc: string, offsetMinutes: number): string {
  const seconds = secondsOf(utc);
  if (seconds === undefined) return "--:--:--";
  const local = (((Math.floor(seconds) + offsetMinutes * 60) % DAY) + DAY) % DAY;
  return [Math.floor(local / 3600), Math.floor(local / 60) % 60, local % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Times in what a target says, as the clock here shows them; those of another day stay whole. */
export function withClock(text: string, now: string, offsetMinutes: number): string {
  const today = now.slice(0, 10);
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/g, (time) =>
    time.startsWith(today) ? clockWords(time, offsetMinutes) : time,
  );
}
