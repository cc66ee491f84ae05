import { type Actor, defineActor, type TraceContext, traced } from "@troupe/actor";
import type { z } from "zod";
import { InterruptedError } from "../errors.ts";
import { impostor } from "../impostor.ts";
import {
  type Assignment,
  assignLeaves,
  type Delegation,
  isSettled,
  type LeafReport,
  loseWorker,
  openAssignments,
  openDelegation,
  passOver,
  receiveReport,
} from "./delegation.ts";
import type { Job } from "./job.ts";
import { type Delegated, type LeadMessages, leadProtocol, workerProtocol } from "./protocol.ts";
import { Reminders } from "./reminders.ts";

/** What whoever leads a team needs to know. */
export interface LeadAssignment {
  readonly job: Job;
  readonly work: readonly unknown[];
  /** Each result is checked with it; what it refuses is a failure of the leaf. */
  readonly result: z.ZodType;
  /** 1 for who holds the job. */
  readonly depth: number;
  readonly deepest: number;
  /** Of who leads above, outermost first. */
  readonly above: readonly string[];
  readonly conversation: string | undefined;
  readonly deadlineMs: number;
  /** How long a worker may be silent before its leaves go to others. */
  readonly patienceMs: number;
  /** How often a silent worker is told again. */
  readonly recalls: number;
  /** Addresses and secrets of the workers. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly tokens: ReadonlyMap<string, string>;
  readonly trace: TraceContext;
  /** Ends it early. */
  readonly signal: AbortSignal | undefined;
  /** Told of every leaf as soon as it is counted. */
  readonly counted: (leaf: number, result: unknown) => void;
  /** Told of every assignment that is made or has ended, here or below. */
  readonly mapped: (delegated: readonly Delegated[]) => void;
  /** Called once, when it is over, or with the error if the lead stops before that. */
  readonly report: (ended: Delegation | InterruptedError) => void;
}

/**
 * Leads one team through one job and stops: delegates leaves, tells again, takes results, gives to others what lost, silent
 * and declining workers held, and reports when every leaf is settled, at the latest at the deadline.
 *
 * Deadlines come straight from the clock and not through the mailbox: a flood of reports cannot keep a job from ending.
 */
export function lead(assignment: LeadAssignment): Actor<LeadMessages> {
  return defineActor(leadProtocol, (context) => {
    const { job, work, addresses, tokens, counted, trace } = assignment;
    const deadline = context.clock.monotonic() + assignment.deadlineMs;
    const { patienceMs, recalls } = assignment;
    const reminders = new Reminders({ clock: context.clock, patienceMs, recalls });
    let delegation = openDelegation(job);
    let over = false;

    const worker = (name: string) =>
      traced(context.ref(workerProtocol, addresses.get(name) ?? name), trace);

    const tell = ({ id, worker: name, leaves }: Assignment): void => {
      const open = leaves.filter((leaf) => delegation.leaves[leaf]?.at !== "counted");
      worker(name).tell("delegate", {
        job: job.id,
        assignment: id,
        worker: name,
        token: tokens.get(name) ?? "",
        depth: assignment.depth,
        deepest: assignment.deepest,
        withinMs: Math.max(0, deadline - context.clock.monotonic()),
        lead: context.self.address,
        above: [...assignment.above],
        leaves: open.map((leaf) => ({ leaf, work: work[leaf] })),
        ...(assignment.conversation === undefined ? {} : { conversation: assignment.conversation }),
      });
    };

    const withdraw = (name: string, id: string): void =>
      worker(name).tell("withdraw", { job: job.id, assignment: id, lead: context.self.address });

    /** Tells a silent worker again, and in the end goes on without it. */
    const wait = (one: Assignment): void =>
      reminders.wait(
        one.id,
        () => tell(one),
        () => change(passOver(delegation, one.id)),
      );

    const change = (next: Delegation): void => {
      if (over) return;
      const before = delegation;
      delegation = next;
      for (const [at, leaf] of next.leaves.entries()) {
        if (leaf.at === "counted" && before.leaves[at]?.at !== "counted") counted(at, leaf.result);
      }
      const endings = openAssignments(before).flatMap(({ id }) => {
        const one = next.assignments.get(id);
        return one?.ended === undefined ? [] : [one];
      });
      for (const { id, worker: name, ended } of endings) {
        reminders.cancel(id);
        // Who was silent may still be at work, and its result is welcome.
        if (ended !== "silent" && ended !== "lost") withdraw(name, id);
      }
      const { delegation: assigned, made } = assignLeaves(next);
      const news = [...endings, ...made];
      if (news.length > 0) assignment.mapped(news.map((one) => mapped(one, assignment.depth)));
      if (isSettled(next)) return end();
      delegation = assigned;
      for (const one of made) {
        wait(one);
        tell(one);
      }
    };

    const end = (): void => {
      over = true;
      assignment.report(delegation);
      context.stop();
    };

    context.onStop(() => {
      reminders.cancelAll();
      cancelDeadline();
      for (const { id, worker: name, ended } of delegation.assignments.values()) {
        if (ended === undefined || ended === "silent") withdraw(name, id);
      }
      if (!over) assignment.report(new InterruptedError("job", job.id));
    });

    const cancelDeadline = context.clock.schedule(assignment.deadlineMs, () => {
      if (!over) end();
    });
    const stop = (): void => context.stop();
    assignment.signal?.addEventListener("abort", stop);
    context.onStop(() => assignment.signal?.removeEventListener("abort", stop));
    for (const [name, address] of addresses) {
      context.watch({ address }, () => change(loseWorker(delegation, name)));
    }
    context.pipe(Promise.resolve(), () => change(delegation));

    return {
      report: ({ token, delegated, ...said }) => {
        const address = addresses.get(said.worker);
        const genuine = token === tokens.get(said.worker);
        const forger = impostor(context.sender, address) ?? (genuine ? undefined : context.sender);
        const leaves = said.leaves.map((one) => checked(assignment.result, one));
        const before = delegation.refusedCount;
        const next = receiveReport(delegation, { ...said, leaves }, forger);
        if (next.refusedCount > before) {
          const { job: about, worker: name } = said;
          context.log("debug", "report refused", {
            job: about,
            worker: name,
            sender: context.sender,
          });
        } else if (delegated !== undefined) {
          assignment.mapped(
            delegated.map((one) => ({ ...one, id: `${said.assignment}.${one.id}` })),
          );
        }
        change(next);
        // Any word of it shows that the worker is at work.
        const open = delegation.assignments.get(said.assignment);
        if (!over && forger === undefined && open !== undefined && open.ended === undefined) {
          reminders.cancel(open.id);
          wait(open);
        }
      },
    };
  });
}

/** An assignment as the map of the whole hierarchy shows it. */
function mapped({ id, worker, leaves, ended }: Assignment, depth: number): Delegated {
  return { id, worker, depth, leaves: [...leaves], ...(ended === undefined ? {} : { ended }) };
}

function checked(schema: z.ZodType, said: LeafReport): LeafReport {
  if (!("result" in said)) return said;
  const parsed = schema.safeParse(said.result);
  if (parsed.success) return { leaf: said.leaf, result: parsed.data };
  return { leaf: said.leaf, failure: `its result is malformed: ${parsed.error.message}` };
}
