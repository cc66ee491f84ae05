import { type Actor, type Cancel, defineActor, type TraceContext, traced } from "@troupe/actor";
import { InterruptedError } from "../errors.ts";
import { impostor } from "../impostor.ts";
import { outcomeOf, type VoteOutcome } from "./outcome.ts";
import type { Poll, Seat } from "./poll.ts";
import { type TellerMessages, tellerProtocol, voterProtocol } from "./protocol.ts";
import { isRanked } from "./rule.ts";
import { closeTally, emptyTally, receiveBallot, silentSeats, type Tally } from "./tally.ts";
import { verdict } from "./verdict.ts";

/** What a teller needs to know. */
export interface TellerAssignment {
  readonly poll: Poll;
  readonly conversation: string | undefined;
  readonly subject: unknown;
  readonly deadlineMs: number;
  /** How often members that are silent are called again before the deadline. */
  readonly recalls: number;
  /** How long ballots are still counted for the record once the verdict is certain. */
  readonly graceMs: number;
  /** Addresses of the members. */
  readonly voters: ReadonlyMap<string, string>;
  /** What the calls for ballots are part of. */
  readonly trace: TraceContext;
  /** Called once with the outcome, or with the error if the teller stops before there is one. */
  readonly report: (outcome: VoteOutcome | InterruptedError) => void;
}

/**
 * Counts one vote and stops. It calls for ballots, calls again those who stay silent, and reports as
 * soon as the vote is decided for certain (and the grace is over), or at the deadline. Afterwards it stays until the deadline
 * for the ballots still under way, so that they are refused as late and not lost without a trace.
 *
 * Time comes straight from the clock and not through the mailbox: a flood of ballots cannot keep the
 * vote from closing, and nobody can close it with a forged message.
 */
export function teller(assignment: TellerAssignment): Actor<TellerMessages> {
  return defineActor(tellerProtocol, (context) => {
    const { poll, conversation, subject, deadlineMs, recalls, graceMs } = assignment;
    const { voters, trace, report } = assignment;
    const deadline = context.clock.now() + deadlineMs;
    const cancels: Cancel[] = [];
    const recallings: Cancel[] = [];
    let tally: Tally = emptyTally(poll);
    let certain = false;
    let reported = false;

    context.onStop(() => {
      for (const cancel of [...cancels, ...recallings]) cancel();
      if (!reported) report(new InterruptedError("vote", poll.id));
    });

    const called = {
      id: poll.id,
      round: poll.round,
      question: poll.question,
      options: [...poll.options],
      deadline,
      ranked: isRanked(poll.rule),
      ...(conversation === undefined ? {} : { conversation }),
    };
    const isNear = ({ member }: Seat): boolean =>
      voters.get(member)?.startsWith(`${context.node}/`) ?? false;
    const call = (): void => {
      const silent = silentSeats(tally);
      // Those of this node come last: they would vote before the calls for other nodes have left.
      const far = silent.filter((seat) => !isNear(seat));
      for (const { member, digest } of [...far, ...silent.filter(isNear)]) {
        const voter = voters.get(member);
        if (voter === undefined) continue;
        traced(context.ref(voterProtocol, voter), trace).tell("callForBallots", {
          vote: { ...called, digest },
          teller: context.self.address,
          ...(subject === undefined ? {} : { subject }),
        });
      }
    };

    const settle = (): void => {
      const outcome = outcomeOf(tally, conversation);
      if (outcome === undefined || reported) return;
      tally = closeTally(tally);
      reported = true;
      for (const cancel of recallings.splice(0)) cancel();
      report(outcome);
    };

    const settleIfCertain = (): void => {
      if (graceMs === 0 || silentSeats(tally).length === 0) {
        settle();
        return;
      }
      if (certain || verdict(tally).status === "open") return;
      certain = true;
      cancels.push(context.clock.schedule(graceMs, settle));
    };

    for (let recall = 1; recall <= recalls; recall++) {
      recallings.push(context.clock.schedule((deadlineMs * recall) / (recalls + 1), call));
    }
    cancels.push(
      context.clock.schedule(deadlineMs, () => {
        tally = closeTally(tally);
        settle();
        context.stop();
      }),
    );
    call();

    return {
      ballot: (ballot) => {
        const { tally: next, refusal } = receiveBallot(
          tally,
          ballot,
          impostor(context.sender, voters.get(ballot.member)),
        );
        tally = next;
        if (refusal !== undefined) {
          context.log("debug", "ballot refused", {
            vote: poll.id,
            round: poll.round,
            member: ballot.member,
            why: refusal,
          });
          return;
        }
        settleIfCertain();
      },
    };
  });
}
