import {
  type ActorSystem,
  defineActor,
  defineProtocol,
  ensureError,
  formatTraceparent,
  message,
} from "@troupe/actor";
import { type Delegated, delegate, workerActor, workerProtocol } from "@troupe/coordination";
import { z } from "zod";
import { DelegationError } from "../errors.ts";
import {
  type DelegationReport,
  mapLimit,
  type PerformPiece,
  type Team,
  type TeamJob,
  type TeamOutcome,
} from "./team.ts";

/** Capability by which foremen find each other. */
const foremanCapability = "large-files";
/** Levels: whoever won the task leads the foremen, a foreman leads the hands of its node. */
const depth = 2;
/** Longest that a job takes. */
const deadlineMs = 6 * 3_600_000;
/** How long a worker may be silent before its pieces go to others. A worker that is at work answers. */
const patienceMs = 30_000;
/** Bytes of pieces, as JSON, that are given to a foreman in one message: beside others it must fit into 1 MiB. */
const sharedBytes = 512 * 1024;

const leadProtocol = defineProtocol("team-lead", { end: message(z.object({})) });

/** What a team over all nodes is led with. */
export interface ClusterTeamOptions {
  readonly perform: PerformPiece;
  /** Pieces that this node does at the same time; the others as many as they say. */
  readonly hands: number;
}

/**
 * Makes this node one of those that share the work on large files, and gives its agents the whole team: every node has a
 * foreman with as many hands as it does pieces at once. A job is led from the node whose agent has the task; the foremen
 * that the cluster knows when it begins take a few pieces at a time and have their hands do them. What a node had that is
 * lost goes to others, and nothing else is done again.
 */
export function clusterTeam(system: ActorSystem, { perform, hands }: ClusterTeamOptions): Team {
  const team = Array.from({ length: hands }, (_, at) => {
    const ref = system.spawn(workerActor({ perform }), { name: `hand-${at + 1}` });
    return { member: ref.address, ref: system.ref(workerProtocol, ref.address) };
  });
  // What fails here is for another node to try.
  const leading = { share: 1, attempts: 1, patienceMs };
  const foreman = workerActor({ perform, team, leading });
  system.spawn(foreman, { name: "foreman", capabilities: [foremanCapability] });
  return {
    nodes: () => Math.max(1, system.cluster.find(foremanCapability).length),
    perform: (job) => lead(system, job, hands),
  };
}

function lead<Result>(
  system: ActorSystem,
  job: TeamJob<Result>,
  share: number,
): Promise<TeamOutcome<Result>> {
  const { id, pieces, result, signal, span } = job;
  const { promise, resolve, reject } = Promise.withResolvers<TeamOutcome<Result>>();
  // Whoever leads has work of its own: it comes last.
  const foremen = system.cluster
    .find(foremanCapability)
    .toSorted((a, b) => Number(a.node === system.node) - Number(b.node === system.node))
    .map(({ address }) => ({ member: address, ref: system.ref(workerProtocol, address) }));
  const actor = defineActor(leadProtocol, (context) => {
    const work = delegate(
      context,
      {
        id,
        leaves: pieces,
        result,
        aggregation: {
          start: [] as readonly Result[],
          add: (results, one) => [...results, one],
        },
        deadlineMs,
        patienceMs,
        share: Math.max(1, Math.min(share, Math.floor(sharedBytes / largestOf(pieces)))),
        depth,
        trace: formatTraceparent(span.context),
      },
      foremen,
    );
    context.pipe(work, (ended) => {
      context.stop();
      if (!ended.ok) return reject(ended.error);
      const outcome = ended.value;
      if (outcome.done) {
        const { delegated, lost, aggregate: results } = outcome;
        const delegation = report(system.node, pieces.length, delegated, lost);
        resolve({ results, delegation });
        return;
      }
      const { reason, missing } = outcome;
      reject(new DelegationError(id, reason, missing.length, missing[0]?.why ?? "nobody says why"));
    });
    context.onStop(() => reject(ensureError(signal.reason ?? new Error(`'${id}' was stopped`))));
    return { end: () => context.stop() };
  });
  const ref = system.spawn(actor, { restart: "temporary" });
  const stop = (): void => ref.tell("end", {});
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return promise.finally(() => signal.removeEventListener("abort", stop));
}

/** Bytes of the largest piece, as JSON. */
function largestOf(pieces: readonly unknown[]): number {
  return Math.max(1, ...pieces.map((piece) => Buffer.byteLength(JSON.stringify(piece))));
}

function report(
  node: string,
  pieces: number,
  delegated: readonly Delegated[],
  lost: readonly string[],
): DelegationReport {
  const nodeOf = (worker: string): string => worker.split("/")[0] ?? worker;
  return {
    lead: node,
    pieces,
    nodes: [...new Set(delegated.map(({ worker }) => nodeOf(worker)))].sort(),
    lost: [...lost],
    map: delegated.slice(0, mapLimit),
  };
}
