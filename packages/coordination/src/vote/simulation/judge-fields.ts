import type { FieldAgreement } from "../../schema-consensus/agree-on-fields.ts";
import type { FieldProposal } from "../../schema-consensus/merge.ts";
import type { SimulatedWorld } from "../../simulation/world.ts";

/** Looks at a schema agreement: each field is settled once, in the way that the proposals and its vote say. */
export function judgeFields(
  world: SimulatedWorld,
  id: string,
  proposals: readonly FieldProposal<string>[],
  { settled, votes, fields }: FieldAgreement<string>,
): void {
  const require = (holds: boolean, invariant: string): void =>
    world.require(
      holds,
      invariant,
      () => `${id}: ${JSON.stringify({ proposals, settled, votes })}`,
    );
  const named = new Set(proposals.flatMap((proposal) => Object.keys(proposal.fields)));
  const isComplete = [...named].sort().join() === Object.keys(settled).sort().join();
  require(isComplete, "each field that was proposed is settled, once");
  for (const [field, { by, value }] of Object.entries(settled)) {
    const proposed = proposals.flatMap((one) => one.fields[field]?.value ?? []);
    const isAgreed = new Set(proposed).size === 1;
    require(isAgreed === (by === "agreement"), "a field is put to the vote when proposals differ");
    require(fields[field] === value, "each field that was proposed is settled, once");
    const decided = votes.find((vote) => vote.field === field)?.decided;
    if (by === "vote") require(decided === value, "a field becomes what its vote decided");
    if (by === "fallback") require(decided === undefined, "a field becomes what its vote decided");
    if (by !== "fallback") require(proposed.includes(value), "a field becomes what was proposed");
  }
}
