import type { View } from "../screen/view.ts";
import { draw } from "./draw.ts";
import { press } from "./press.ts";
import type { TopEffect, TopState } from "./state.ts";

/** `aac top`, as keys and lines. */
export const topView: View<TopState, TopEffect> = { press, draw };
