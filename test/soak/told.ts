import { isMainThread } from "node:worker_threads";
import { vitals } from "./vitals.ts";

/** Loaded into a node before its own program: tells its parent how it is, whenever it is asked to. */
if (isMainThread) {
  process.on("message", (message) => {
    if (message === "vitals") process.send?.({ vitals: vitals() });
  });
}
