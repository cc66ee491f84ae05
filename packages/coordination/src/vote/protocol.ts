import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";

/** A vote as the members see it. */
const calledVoteSchema = z.object({
  id: z.string(),
  round: z.number().int(),
  question: z.string(),
  options: z.array(z.string()),
  /**
   * Goes back with the ballot as it came: shows that this member votes, on these options. Each member
   * gets another one, to be kept to itself.
   */
  digest: z.string(),
  /** When the vote closes, milliseconds since the epoch by the caller's clock. */
  deadline: z.number(),
  /** True when members may rank the options. */
  ranked: z.boolean(),
  conversation: z.string().optional(),
});
export type CalledVote = z.output<typeof calledVoteSchema>;

/**
 * What a voter understands. Spread these into a protocol of your own to make its actors voters.
 *
 * The call comes again while the teller has no ballot: answer each one. Equal ballots count once.
 */
export const voterMessages = {
  callForBallots: message(
    z.object({
      vote: calledVoteSchema,
      /** Address of the actor that counts, for {@link tellerProtocol}. */
      teller: z.string(),
      /** What the question is about, JSON data; as the caller gave it. */
      subject: z.unknown().optional(),
    }),
  ),
} as const;
export type VoterMessages = typeof voterMessages;
export const voterProtocol = defineProtocol("voter", voterMessages);

/** One member's vote in one round. */
const ballotSchema = z.object({
  vote: z.string(),
  round: z.number().int(),
  digest: z.string(),
  /** The member's name in the electorate. */
  member: z.string(),
  /** One of the options, or null to abstain. */
  choice: z.string().nullable(),
  /** In a ranked vote: options in order of preference, `choice` first; the rest may be left out. */
  ranking: z.array(z.string()).optional(),
  /** Why, for the record. */
  reason: z.string(),
});
export type Ballot = z.output<typeof ballotSchema>;

/** What the actor that counts a vote understands. */
const tellerMessages = { ballot: message(ballotSchema) } as const;
export type TellerMessages = typeof tellerMessages;
export const tellerProtocol = defineProtocol("teller", tellerMessages);
