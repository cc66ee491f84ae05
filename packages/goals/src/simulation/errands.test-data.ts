import { travelKind } from "../coordinator/simulation/travel-kind.ts";

/** What a worker of the simulation can do for errands. */
export const errandTasks = ["pack", "fly", "drive", "sail", "walk", "greet"] as const;

/**
 * A kind with a real plan of three steps: pack, travel somehow, greet. By air if nothing is known of the ways; each other
 * way is a contingency, down to one that is not sure enough.
 */
export const errandsKind = travelKind({
  name: "errands",
  travellers: ["me"],
  ways: [
    { action: "fly", method: "by-air", successProbability: 0.9 },
    { action: "drive", method: "by-road", successProbability: 0.85, needs: "road" },
    { action: "sail", method: "by-water", successProbability: 0.8 },
    { action: "walk", method: "by-foot", successProbability: 0.5 },
  ],
  repairable: ["dependency_missing"],
});
