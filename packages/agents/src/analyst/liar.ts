import { type Actor, type ActorContext, defineActor, ensureError } from "@troupe/actor";
import { tellerProtocol } from "@troupe/coordination";
import type { Perspective } from "./analyst.ts";
import { type AnalystMessages, analystProtocol, type Proposal } from "./protocol.ts";

type ProposedField = Proposal["fields"][string];

/** What a lying analyst makes of the truth. */
export interface Lie {
  /** What it says of a field instead of what it found. */
  twist(field: ProposedField): ProposedField;
  /** Addresses of members in whose names it votes, too. Default none. */
  readonly inNameOf?: readonly string[];
}

/**
 * For demonstrations and tests: an analyst that lies wherever it can. It looks at the data as an honest one does and proposes
 * something else for every field; it votes for its own lie, or for what fewest proposed, casts a second ballot that contradicts
 * its first, and others in the names of other members.
 */
export function lyingAnalyst(perspective: Perspective, lie: Lie): Actor<AnalystMessages> {
  return defineActor(
    analystProtocol,
    (context: ActorContext<AnalystMessages>) => {
      /** What it said of each field of the goal that it was last asked about. */
      let told: Proposal["fields"] = {};
      return {
        propose: async ({ subject }) => {
          try {
            const { fields, summary } = await perspective.propose(subject, context.signal);
            told = Object.fromEntries(
              Object.entries(fields).map(([name, field]) => [name, lie.twist(field)]),
            );
            return { fields: told, summary };
          } catch (thrown) {
            return { error: ensureError(thrown).message };
          }
        },
        callForBallots: ({ vote: { id, round, digest, question, options }, teller }) => {
          const box = context.ref(tellerProtocol, teller);
          const cast = (member: string, choice: string | null): void =>
            box.tell("ballot", { vote: id, round, digest, member, choice, reason: "I saw it" });
          const own = told[question]?.key;
          const others = options.slice(1);
          const wrong = options.find((option) => option === own) ?? others.at(-1) ?? null;
          const right = options.find((option) => option !== wrong) ?? null;
          for (const member of lie.inNameOf ?? []) cast(member, wrong);
          cast(context.self.address, wrong);
          cast(context.self.address, right);
        },
      };
    },
    { interleave: ["propose"] },
  );
}
