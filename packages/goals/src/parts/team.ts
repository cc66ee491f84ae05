import type { Span } from "@troupe/actor";
import { z } from "zod";

/** Most entries of the map that is kept. */
export const mapLimit = 1000;

/** How work was divided: kept with the facts of the task, in the goal's journal. */
export const delegationSchema = z.object({
  /** Node whose agent led. */
  lead: z.string(),
  pieces: z.number(),
  /** Nodes that had a share. */
  nodes: z.array(z.string()),
  /** Workers that were lost on the way; others did what they had. */
  lost: z.array(z.string()),
  /**
   * Which pieces were given to whom, at which depth, and how that ended: `2.1` is the first assignment that the worker of
   * `2` made. Of the last ones below nobody hears the end, since the job is over with their results. At most 1000 entries.
   */
  map: z.array(
    z.object({
      id: z.string(),
      worker: z.string(),
      depth: z.number(),
      leaves: z.array(z.number()),
      ended: z.enum(["done", "lost", "declined", "silent"]).optional(),
    }),
  ),
});
export type DelegationReport = z.output<typeof delegationSchema>;

/** How the work of one task was divided that was given to its team in several steps. */
export function joinReports(reports: readonly DelegationReport[]): DelegationReport {
  return {
    lead: reports[0]?.lead ?? "",
    pieces: reports.reduce((sum, { pieces }) => sum + pieces, 0),
    nodes: [...new Set(reports.flatMap(({ nodes }) => nodes))].sort(),
    lost: [...new Set(reports.flatMap(({ lost }) => lost))],
    map: reports
      .flatMap(({ map }, step) =>
        // Each step counts its assignments from 1.
        map.map((one) => ({ ...one, id: step === 0 ? one.id : `${step + 1}/${one.id}` })),
      )
      .slice(0, mapLimit),
  };
}

/** Work that can be divided. */
export interface TeamJob<Result> {
  /** Names it in spans and reports. */
  readonly id: string;
  /** JSON data, as workers understand it; at most 10,000. */
  readonly pieces: readonly unknown[];
  /** What a worker's result must look like. */
  readonly result: z.ZodType<Result>;
  /** Aborted when nobody wants it any more. */
  readonly signal: AbortSignal;
  /** The span that it is part of. */
  readonly span: Span;
}

/** What came of a {@link TeamJob}. */
export interface TeamOutcome<Result> {
  /** In the order of the pieces. */
  readonly results: readonly Result[];
  readonly delegation: DelegationReport;
}

/** Does one piece of a job, JSON data, and returns JSON data. It may be asked to do the same piece again, also at the same time. */
export type PerformPiece = (piece: unknown, signal: AbortSignal) => Promise<unknown>;

/** Whoever does work that can be divided. */
export interface Team {
  /** Nodes that have a share in what is given to it now, at least 1. */
  nodes(): number;
  /**
   * Has every piece done.
   *
   * @throws DelegationError when some are not done, after several attempts
   */
  perform<Result>(job: TeamJob<Result>): Promise<TeamOutcome<Result>>;
}

/** A team of nobody else: pieces are done one after the other, here. */
export function aloneTeam(node: string, perform: PerformPiece): Team {
  return {
    nodes: () => 1,
    perform: async ({ pieces, result, signal }) => {
      const results = [];
      for (const piece of pieces) results.push(result.parse(await perform(piece, signal)));
      const delegation = { lead: node, pieces: pieces.length, nodes: [node], lost: [], map: [] };
      return { results, delegation };
    },
  };
}
