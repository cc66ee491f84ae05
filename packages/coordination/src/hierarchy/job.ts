import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { partiesSchema } from "../session/conduct.ts";

/** Most leaves of one job. */
const leafLimit = 10_000;
/** Most levels of delegation below whoever holds the job. */
const depthLimit = 8;
/** Most workers of one team. */
const teamLimit = 1000;

const longestMs = 86_400_000;

export const jobShape = z.object({
  id: z.string().min(1),
  deadlineMs: z.number().int().min(1).max(longestMs),
  patienceMs: z.number().int().min(1).max(longestMs).optional(),
  recalls: z.number().int().min(0).max(20).default(2),
  share: z.number().int().min(1).max(leafLimit).default(100),
  attempts: z.number().int().min(1).max(10).default(3),
  depth: z.number().int().min(1).max(depthLimit).default(3),
  partial: z
    .union([
      z.literal("refuse"),
      z.object({ leaves: z.number().int().min(0), of: z.number().int().min(1) }),
    ])
    .default("refuse"),
});

/** When an aggregate of some leaves counts: never, or from a share of them on, `{leaves: 2, of: 3}` for two of three. */
export type PartialPolicy = z.output<typeof jobShape>["partial"];

/** A job as the one who leads it knows it: frozen before anything is delegated. */
export interface Job {
  readonly id: string;
  /** How many leaves there are; they are numbered from 0. */
  readonly size: number;
  /** Names of the workers, all different. */
  readonly team: readonly string[];
  /** Most leaves of one assignment. */
  readonly share: number;
  /** How often a leaf is delegated before it is given up. */
  readonly attempts: number;
  readonly partial: PartialPolicy;
}

/**
 * Freezes a job.
 *
 * @throws InvalidSpecError when there are no or too many leaves, or a worker is named twice
 */
export function openJob(
  spec: Pick<z.output<typeof jobShape>, "id" | "share" | "attempts" | "partial">,
  leaves: number,
  team: readonly string[],
): Job {
  const { id, share, attempts, partial } = spec;
  checkSpec(z.object({ leaves: z.number().min(1).max(leafLimit) }), "job", id, { leaves });
  checkSpec(partiesSchema(1, teamLimit), "job", id, [...team]);
  return { id, size: leaves, team: [...team], share, attempts, partial };
}

/** Whether so many counted leaves are enough for an aggregate. */
export function suffices({ size, partial }: Job, counted: number): boolean {
  if (counted === size) return true;
  return partial !== "refuse" && counted > 0 && counted * partial.of >= partial.leaves * size;
}
