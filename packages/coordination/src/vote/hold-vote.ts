import type { ActorContext, Definitions, Ref } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { conduct } from "../session/conduct.ts";
import type { VoteOutcome } from "./outcome.ts";
import { openPoll, type PollSpec } from "./poll.ts";
import type { VoterMessages } from "./protocol.ts";
import { teller } from "./teller.ts";

/** A member of the electorate. */
export interface Voter {
  /** Any actor that understands the voter's messages, whatever else it understands. */
  readonly ref: Ref<VoterMessages>;
  /** Name on its ballots, unique in the electorate; usually its address. */
  readonly member: string;
  /** Weight of its vote, an integer of 1 to 1,000,000. Default 1. */
  readonly weight?: number;
}

const conductSchema = z.object({
  deadlineMs: z.number().int().min(1).max(86_400_000),
  recalls: z.number().int().min(0).max(20).default(3),
  graceMs: z.number().int().min(0).max(86_400_000).default(0),
});

/** What is put to the vote and how. */
export interface VoteSpec extends PollSpec {
  /** Names the vote in ballots and records. */
  readonly id: string;
  /** Which try this is, from 1 (default); ballots of other rounds are refused. */
  readonly round?: number | undefined;
  readonly question: string;
  /** 1 to 100 different options. */
  readonly options: readonly string[];
  /** Conversation that the vote belongs to; goes with the calls and into the outcome. */
  readonly conversation?: string;
  /** Milliseconds until the vote closes without the missing members; at most a day. */
  readonly deadlineMs: number;
  /** How often silent members are called again, evenly spread until the deadline: 0 to 20. Default 3. */
  readonly recalls?: number;
  /**
   * Milliseconds for which ballots are still counted for the record once the verdict is certain.
   * They can't change it, but show who was for what. Ends with the last ballot or the deadline.
   * Default 0: stragglers are in `missing`.
   */
  readonly graceMs?: number;
  /** What voters need to know besides the question, JSON data. */
  readonly subject?: unknown;
  /** W3C traceparent of the span that the vote is part of. Default: the message at hand. */
  readonly trace?: string;
}

/**
 * Puts a question to a frozen electorate and counts the ballots.
 *
 * An ephemeral teller, child of the calling actor, does the work. The outcome comes as soon as it is
 * certain, at the latest at the deadline by the clock port, whoever is silent, slow, unreachable or
 * voting twice. Calls and ballots may be lost; silent members are called again.
 *
 * Members that cannot be reached count like votes against every option, so of a cluster in parts at
 * most one can decide, if the rule asks for more than half. A member cannot vote in another's name,
 * as each is called with a digest of its own, as long as the network keeps others from reading it.
 *
 * @param electorate at most 1000 members; changes to it after the call have no effect
 * @returns never `open`: decided, or no consensus with the reason
 * @throws EmptyElectorateError when nobody may vote
 * @throws InvalidSpecError when the spec or a member is wrong
 * @throws InterruptedError when the calling actor stops first
 */
export async function holdVote<D extends Definitions>(
  context: ActorContext<D>,
  spec: VoteSpec,
  electorate: readonly Voter[],
): Promise<VoteOutcome> {
  const poll = openPoll(spec, electorate, context.random.hex(32));
  const { deadlineMs, recalls, graceMs } = checkSpec(conductSchema, "vote", spec.id, spec);
  const { conversation, subject, trace } = spec;
  const voters = new Map(electorate.map(({ member, ref }) => [member, ref.address]));
  const attributes = {
    "troupe.vote": poll.id,
    "troupe.vote.round": poll.round,
    "troupe.vote.rule": poll.rule.kind,
    "troupe.vote.options": poll.options,
    "troupe.vote.members": poll.total.members,
    "troupe.vote.electorate": poll.total.weight,
    ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
  };
  return conduct(
    context,
    {
      kind: "vote",
      subject: ["vote", poll.id],
      name: `vote ${poll.question}`,
      attributes,
      trace,
      succeeded: (outcome) => outcome.decided !== undefined,
      describe: (outcome: VoteOutcome) => ({
        "troupe.vote.outcome": outcome.decided ?? outcome.reason ?? "",
        "troupe.vote.decided": outcome.decided !== undefined,
        "troupe.vote.confidence": outcome.confidence,
        "troupe.vote.ballots": outcome.ballots.length,
        "troupe.vote.abstained": outcome.abstained.length,
        "troupe.vote.missing": outcome.missing.length,
        "troupe.vote.refused": outcome.refusedCount,
      }),
    },
    (report, open) =>
      teller({
        poll,
        conversation,
        subject,
        deadlineMs,
        recalls,
        graceMs,
        voters,
        trace: open,
        report,
      }),
  );
}
