import { z } from "zod";
import type { Signatures } from "./signatures.ts";
import { type Signed, signedText, statementOf } from "./statement.ts";

const sideSchema = z.object({ value: z.string(), signature: z.string() });

/** Two signed statements that contradict each other. Shows to anybody that the signer lies. */
export const equivocationSchema = z.object({
  signer: z.string(),
  /** What both are about, for example `prepare 3 17`. */
  slot: z.string(),
  first: sideSchema,
  second: sideSchema,
});
export type Equivocation = z.output<typeof equivocationSchema>;

/** Both messages as a proof, or `undefined` when they do not contradict each other. */
export function equivocationOf(first: Signed, second: Signed): Equivocation | undefined {
  const [one, other] = [statementOf(first), statementOf(second)];
  if (first.sender !== second.sender || one.slot !== other.slot || one.value === other.value) {
    return undefined;
  }
  return {
    signer: first.sender,
    slot: one.slot,
    first: { value: one.value, signature: first.signature },
    second: { value: other.value, signature: second.signature },
  };
}

/** One proof is kept for each signer and kind of statement. */
export function evidenceKey({ signer, slot }: Equivocation): string {
  return `${signer} ${slot.slice(0, slot.indexOf(" "))}`;
}

/** Kinds of statements of which an honest replica makes one a slot, restarts included. */
const binding = /^(pre-prepare|prepare|commit|checkpoint|view-change|new-view) /;

/**
 * Whether the proof holds: needs nothing but the public keys.
 *
 * @param group name of the group that the signer is of
 */
export function isEquivocation(
  group: string,
  { signer, slot, first, second }: Equivocation,
  signatures: Pick<Signatures, "verify">,
): boolean {
  if (first.value === second.value || !binding.test(slot)) return false;
  return [first, second].every(({ value, signature }) =>
    signatures.verify(signer, signedText(group, signer, { slot, value }), signature),
  );
}
