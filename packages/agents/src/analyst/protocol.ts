import { defineProtocol, query } from "@troupe/actor";
import { voterMessages } from "@troupe/coordination";
import { z } from "zod";

/** What one analyst proposes, field by field. */
export const proposalSchema = z.object({
  /** Each field's value, and the key by which equal values are recognised. */
  fields: z.record(z.string(), z.object({ key: z.string(), value: z.unknown() })),
  /** One sentence for people: what it looked at, what it found. */
  summary: z.string(),
});
export type Proposal = z.output<typeof proposalSchema>;

/** Why an analyst has nothing to propose. */
const noProposalSchema = z.object({ error: z.string() });

/** What an analyst understands: requests for a proposal, and calls for ballots. */
export const analystProtocol = defineProtocol("analyst", {
  ...voterMessages,
  propose: query(
    z.object({ goal: z.string(), subject: z.unknown() }),
    z.union([proposalSchema, noProposalSchema]),
  ),
});
export type AnalystMessages = typeof analystProtocol.messages;
