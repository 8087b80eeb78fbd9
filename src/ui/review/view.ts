import type { View } from "../screen/view.ts";
import { draw } from "./draw.ts";
import { press } from "./press.ts";
import { type Effect, type Review, stood } from "./state.ts";

/** A plan before it is applied: look at it, choose of it, say yes or no. */
export const REVIEW: View<Review, Effect> = { press, draw, stood };
