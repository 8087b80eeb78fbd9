/** A list that is longer than the screen: which line is chosen, and which is the first in sight. */
export interface Window {
  readonly at: number;
  readonly top: number;
}

export const TOP: Window = { at: 0, top: 0 };

/** The chosen line stays within the list, and in sight. */
export function kept({ at, top }: Window, length: number, room: number): Window {
  const chosen = Math.max(0, Math.min(at, length - 1));
  const last = Math.max(0, length - Math.max(1, room));
  const first = Math.max(0, Math.min(top, last));
  if (chosen < first) return { at: chosen, top: chosen };
  return { at: chosen, top: chosen >= first + room ? Math.max(0, chosen - room + 1) : first };
}

/** `up`, `down`, `page up`, `page down`, `first`, `last`; undefined where the action is no move. */
export function moved(window: Window, action: string, length: number, room: number): Window | undefined {
  const by = (lines: number): Window => kept({ ...window, at: window.at + lines }, length, room);
  switch (action) {
    case "up":
      return by(-1);
    case "down":
      return by(1);
    case "page up":
      return by(1 - Math.max(2, room));
    case "page down":
      return by(Math.max(2, room) - 1);
    case "first":
      return kept({ at: 0, top: 0 }, length, room);
    case "last":
      return kept({ at: length - 1, top: window.top }, length, room);
    default:
      return undefined;
  }
}
