import {
  type Actor,
  type ActorContext,
  type Definitions,
  defineActor,
  ensureError,
  type Handlers,
} from "@troupe/actor";
import type { Worker } from "./delegate.ts";
import { delegateBelow, type Leading } from "./delegate-below.ts";
import type { LeafReport } from "./delegation.ts";
import {
  type Delegated,
  type DelegatedWork,
  leadProtocol,
  type WorkerMessages,
  workerProtocol,
} from "./protocol.ts";

/** Assignments that one worker holds at once; it declines more. */
const assignmentLimit = 100;
/** Leaves of one report: more go in several. */
const leavesPerReport = 100;

/** How a worker does its work. */
export interface WorkerSpec {
  /**
   * Does one leaf and returns its result, JSON data. A leaf that throws has failed, and may be given to another worker.
   *
   * @param signal aborted when the result is not wanted any more: end then
   */
  readonly perform: (work: unknown, signal: AbortSignal) => unknown;
  /** Whom the worker gives its leaves to instead, as long as it may delegate further. Default: nobody. */
  readonly team?: readonly Worker[];
  /** How it leads them: see `delegate`. */
  readonly leading?: Leading;
}

interface Held {
  readonly work: DelegatedWork;
  readonly abort: AbortController;
  readonly reports: LeafReport[];
  /** Expiry of what is remembered. */
  cancel: () => void;
}

/** An actor that does what it is given, see {@link workerHandlers}. */
export function workerActor(spec: WorkerSpec): Actor<WorkerMessages> {
  return defineActor(workerProtocol, (context) => workerHandlers(context, spec));
}

/**
 * What an actor needs to be a worker: handlers for the {@link WorkerMessages} in its protocol.
 *
 * Leaves of one assignment are done one after the other, assignments side by side; each result is reported at once. A worker
 * with a team delegates instead, if the depth allows it and it would not come back to somebody who leads above. What was
 * done is remembered until the lead lets go, is gone, or the job's time is over, so that it is not done anew when the lead
 * asks again.
 */
export function workerHandlers<D extends Definitions>(
  context: ActorContext<D>,
  { perform, team = [], leading = {} }: WorkerSpec,
): Handlers<WorkerMessages> {
  const held = new Map<string, Held>();

  const letGo = (key: string): void => {
    const one = held.get(key);
    if (one === undefined) return;
    held.delete(key);
    one.cancel();
    one.abort.abort();
    const { lead } = one.work;
    if (![...held.values()].some(({ work }) => work.lead === lead))
      context.unwatch({ address: lead });
  };
  context.onStop(() => {
    for (const key of [...held.keys()]) letGo(key);
  });

  const say = (
    work: DelegatedWork,
    leaves: readonly LeafReport[],
    more: { readonly declined?: string; readonly delegated?: readonly Delegated[] } = {},
  ): void => {
    const { job, assignment, worker, token } = work;
    const { declined, delegated } = more;
    context.ref(leadProtocol, work.lead).tell("report", {
      job,
      assignment,
      worker,
      token,
      leaves: [...leaves],
      ...(declined === undefined ? {} : { declined }),
      ...(delegated === undefined ? {} : { delegated: [...delegated] }),
    });
  };

  const told = (one: Held, reports: readonly LeafReport[]): void => {
    one.reports.push(...reports);
    if (!one.abort.signal.aborted) say(one.work, reports);
  };

  const performAll = async (one: Held): Promise<void> => {
    const { signal } = one.abort;
    for (const { leaf, work: piece } of one.work.leaves) {
      if (signal.aborted) return;
      const report = await performOne(perform, leaf, piece, signal);
      if (signal.aborted) return;
      told(one, [report]);
    }
  };

  const delegateAll = (one: Held, deputies: readonly Worker[]): Promise<void> =>
    delegateBelow(context, one.work, {
      deputies,
      leading,
      signal: one.abort.signal,
      reported: (reports) => told(one, reports),
      mapped: (delegated) => {
        if (!one.abort.signal.aborted) say(one.work, [], { delegated });
      },
    });

  const begin = (key: string, work: DelegatedWork): void => {
    const abort = new AbortController();
    const cancel = context.clock.schedule(work.withinMs, () => letGo(key));
    const one: Held = { work, abort, reports: [], cancel };
    held.set(key, one);
    context.watch({ address: work.lead }, () => {
      for (const [other, { work: its }] of [...held]) if (its.lead === work.lead) letGo(other);
    });
    const deputies = team.filter(
      ({ ref: { address } }) => address !== context.self.address && !work.above.includes(address),
    );
    const further = deputies.length > 0 && work.depth < work.deepest;
    context.pipe(further ? delegateAll(one, deputies) : performAll(one), (ended) => {
      if (!ended.ok && !abort.signal.aborted) say(work, [], { declined: ended.error.message });
    });
  };

  return {
    delegate: (work) => {
      const key = keyOf(work);
      const known = held.get(key);
      if (known?.work.token === work.token) {
        if (known.reports.length === 0) say(work, []);
        for (let at = 0; at < known.reports.length; at += leavesPerReport) {
          say(work, known.reports.slice(at, at + leavesPerReport));
        }
        return;
      }
      // A lead that has started again goes by the same name, and knows nothing of what it gave before.
      letGo(key);
      const declined = reasonToDecline(context.self.address, work, held.size);
      if (declined === undefined) begin(key, work);
      else say(work, [], { declined });
    },
    withdraw: (withdrawn) => letGo(keyOf(withdrawn)),
  };
}

function reasonToDecline(own: string, work: DelegatedWork, held: number): string | undefined {
  if (work.depth > work.deepest) return `it is below the depth of ${work.deepest}`;
  if (work.above.includes(own)) return "it leads above";
  return held >= assignmentLimit ? `it holds ${assignmentLimit} assignments` : undefined;
}

async function performOne(
  perform: WorkerSpec["perform"],
  leaf: number,
  work: unknown,
  signal: AbortSignal,
): Promise<LeafReport> {
  try {
    return { leaf, result: (await perform(work, signal)) ?? null };
  } catch (thrown) {
    return { leaf, failure: ensureError(thrown).message };
  }
}

/** Assignments are numbered by each lead. */
function keyOf({
  lead,
  assignment,
}: {
  readonly lead: string;
  readonly assignment: string;
}): string {
  return `${lead} ${assignment}`;
}
