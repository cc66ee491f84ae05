import type { Scenario } from "../scenario.ts";
import { entities } from "./entities.ts";
import { archivedEntity, journaledEntity, snapshottedEntity } from "./journaled-entity.ts";
import { leases } from "./leases.ts";
import { messaging } from "./messaging.ts";
import { registry } from "./registry.ts";
import { supervision } from "./supervision.ts";
import { workQueueLeases } from "./work-queue-leases.ts";

/**
 * Every scenario there is, in the order in which they are run. A new one is a file of its own
 * beside these, and a line here.
 */
export const scenarios: readonly Scenario[] = [
  messaging,
  supervision,
  journaledEntity,
  snapshottedEntity,
  archivedEntity,
  workQueueLeases,
  entities,
  leases,
  registry,
];
