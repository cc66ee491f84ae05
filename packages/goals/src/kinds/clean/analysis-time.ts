import type { GoalState } from "../../goal/state.ts";
import { knowledgeOf } from "./knowledge.ts";

/** Of a file, what an analyst goes through for certain in a second, bytes, also on a node that has much else to do. */
const bytesPerSecond = 2 * 2 ** 20;
/** Longest that analysts are waited for on account of the size of a file. */
const longestMs = 3_600_000;

/** How much longer than usual analysts have to look at a file: those of large files would come too late with their ballots. */
export function lookingMs(state: GoalState): number {
  const { bytes } = knowledgeOf(state).profile.source;
  return Math.min(longestMs, Math.floor((bytes * 1000) / bytesPerSecond));
}
