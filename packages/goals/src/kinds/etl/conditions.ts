import { equal, exists, forall, implies, not } from "@troupe/planning";

/** True when all tables that a block reads are there. */
export const allInputsReady = forall(["?i"], [["input", "?b", "?i"]], [["ready", "?i"]]);
export const nothingDrifted = not(exists(["?x"], [["drifted", "?x"]]));
export const faultless = (place: string) => not(exists(["?y"], [["fault", place, "?y"]]));
/** Joins that bring fewer rows, and those that another needs, come first. */
export const turnOf = forall(["?y"], [["before", "?b", "?y", "?x"]], [["joined", "?b", "?y"]]);
export const allOthersJoined = forall(
  ["?y"],
  [["arm", "?b", "?y"]],
  [implies(not(equal("?y", "?x")), ["joined", "?b", "?y"])],
);
