import type { ObjectProgress, ObjectState, Progress } from "../progress.ts";

/** What somebody wants to see first, where not all can be seen. */
const RANK: Readonly<Record<ObjectState["is"], number>> = {
  failed: 0,
  running: 0,
  done: 1,
  "left out": 2,
  waiting: 3,
};

/** As planned where there is room for all; else what runs or has failed, then what ended last, then the rest. */
export function inOrder({ objects }: Progress, isRoomForAll: boolean): readonly ObjectProgress[] {
  if (isRoomForAll) return objects;
  return objects.toSorted((a, b) => {
    const rank = RANK[a.state.is] - RANK[b.state.is];
    if (rank !== 0 || a.state.is !== "done") return rank;
    return (b.over ?? 0) - (a.over ?? 0);
  });
}

export const isUrgent = ({ state }: ObjectProgress): boolean => RANK[state.is] === 0;

const COUNTED: readonly ObjectState["is"][] = ["failed", "running", "waiting", "left out", "done"];

/** `37 waiting, 12 done` */
export function countWords(objects: readonly ObjectProgress[]): string {
  return COUNTED.flatMap((is) => {
    const n = objects.filter(({ state }) => state.is === is).length;
    return n === 0 ? [] : [`${n} ${is}`];
  }).join(", ");
}
