/** How old a UTC time is. Counted by hand: rooms that are pure have no calendar of the machine's. */

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** `12s`, `5m`, `3h`, `2d`; undefined where one of the two is no time. A clock that went back gives `0s`. */
export function ageOf(since: string | undefined, now: string): string | undefined {
  const from = since === undefined ? undefined : secondsOf(since);
  const to = secondsOf(now);
  return from === undefined || to === undefined ? undefined : showAge(Math.max(0, to - from));
}

/** `in 12s`, or `now` where the time has come. */
export function untilWords(time: string, now: string): string | undefined {
  const to = secondsOf(time);
  const from = secondsOf(now);
  if (from === undefined || to === undefined) return undefined;
  return to <= from ? "now" : `in ${showAge(to - from)}`;
}

function showAge(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)}s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export function secondsOf(time: string): number | undefined {
  const match = TIME.exec(time);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1, 7).map(Number);
  const fraction = Number(`0.${match[7] ?? "0"}`);
  return daysOf(year, month, day) * 86_400 + hours * 3600 + minutes * 60 + seconds + fraction;
}

/** Days since the first of March of year 0: counted from there, the day that comes and goes is the year's last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * m + 2) / 5) +
    day
  );
}
