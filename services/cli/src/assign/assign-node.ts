import { readFileSync } from "node:fs";
import { z } from "zod";
import { joinCluster } from "../temporary-cluster/join-cluster.ts";
import { hostBidders } from "./bidders.ts";
import { readAssignment, readCapacityProblems } from "./or-library.ts";
import { hostSolvers } from "./solver.ts";

// A node that hosts some of the actors of an assignment, until it is told to stop or its parent is gone. It reads the
// file itself: what agents ask for is theirs, and does not travel.
const count = z.coerce.number().int().min(0);
const settings = z
  .object({
    TROUPE_ASSIGN_FILE: z.string(),
    TROUPE_ASSIGN_KIND: z.enum(["assignment", "capacities", "profits"]),
    /** Its actors are those from `FIRST` up to but without `END`, of `ALL`. */
    TROUPE_ASSIGN_FIRST: count,
    TROUPE_ASSIGN_END: count,
    TROUPE_ASSIGN_ALL: count,
  })
  .parse(process.env);
const file = settings.TROUPE_ASSIGN_FILE;
const text = readFileSync(file, "utf8");
const share = {
  first: settings.TROUPE_ASSIGN_FIRST,
  end: settings.TROUPE_ASSIGN_END,
  all: settings.TROUPE_ASSIGN_ALL,
};
await joinCluster((system) => {
  const kind = settings.TROUPE_ASSIGN_KIND;
  if (kind === "assignment") hostBidders(system, readAssignment(text, file), share);
  else hostSolvers(system, readCapacityProblems(text, file, kind === "profits"), share);
});
