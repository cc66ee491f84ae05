import type { Scenario } from "../scenario.ts";
import { journaledEntity, snapshottedEntity } from "./journaled-entity.ts";
import { messaging } from "./messaging.ts";
import { supervision } from "./supervision.ts";
import { workQueueLeases } from "./work-queue-leases.ts";

/**
 * Every scenario there is, in the order in which they are run. A new one (single activation of
 * entities, say) is a file of its own beside these, and a line here.
 */
export const scenarios: readonly Scenario[] = [
  messaging,
  supervision,
  journaledEntity,
  snapshottedEntity,
  workQueueLeases,
];
