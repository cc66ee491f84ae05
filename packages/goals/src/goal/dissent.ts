import type { RecordedProposal, RecordedVote } from "./records.ts";

/** What one analyst said against what was agreed on. */
export interface Dissent {
  readonly member: string;
  /** Disputed fields for which it proposed something else than was decided. */
  readonly proposedOtherwise: readonly string[];
  /** Disputed fields on which it voted for something else than was decided. */
  readonly votedOtherwise: readonly string[];
  /** Fields that it spoke of in a way that nobody can make sense of. */
  readonly unreadable: readonly string[];
  /** Ballots that it sent and that were not counted, by the reason; as far as they were kept. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Who disagreed with what was decided, most at odds first. To disagree is no offence: honest analysts look at different things.
 * Ballots that were refused as `contradictory` or `forged` are.
 */
export function dissentOf(
  proposals: readonly RecordedProposal[],
  votes: readonly RecordedVote[],
): readonly Dissent[] {
  const found = new Map<string, Draft>();
  const of = (member: string): Draft => {
    const known = found.get(member) ?? {
      member,
      proposedOtherwise: [],
      votedOtherwise: [],
      unreadable: [],
      refused: {},
    };
    found.set(member, known);
    return known;
  };
  for (const { member, unreadable = [] } of proposals) {
    if (unreadable.length > 0) of(member).unreadable.push(...unreadable);
  }
  for (const { question, decided, ballots, proposed = {}, refused = [] } of votes) {
    for (const { why, member, sender } of refused) {
      const counts = of(sender ?? member).refused;
      counts[why] = (counts[why] ?? 0) + 1;
    }
    if (decided === undefined) continue;
    for (const [key, supporters] of Object.entries(proposed)) {
      if (key === decided) continue;
      for (const member of supporters) of(member).proposedOtherwise.push(question);
    }
    for (const { member, choice } of ballots) {
      if (choice !== decided) of(member).votedOtherwise.push(question);
    }
  }
  const weight = (one: Dissent): number =>
    Object.values(one.refused).reduce((sum, count) => sum + count, 0) +
    one.votedOtherwise.length +
    one.proposedOtherwise.length +
    one.unreadable.length;
  return [...found.values()].sort(
    (a, b) => weight(b) - weight(a) || (a.member < b.member ? -1 : 1),
  );
}

interface Draft extends Dissent {
  readonly proposedOtherwise: string[];
  readonly votedOtherwise: string[];
  readonly unreadable: string[];
  readonly refused: Record<string, number>;
}

/** The same in words: `proposed otherwise for 3, voted otherwise on 2; refused ballots: 2 forged`. */
export function dissentInWords(dissent: Dissent): string {
  const { proposedOtherwise, votedOtherwise, unreadable, refused } = dissent;
  const counted: readonly (readonly [number, string])[] = [
    [proposedOtherwise.length, "proposed otherwise for"],
    [votedOtherwise.length, "voted otherwise on"],
    [unreadable.length, "made no sense of"],
  ];
  const words = counted.filter(([count]) => count > 0).map(([count, what]) => `${what} ${count}`);
  const kinds = Object.entries(refused).map(([why, count]) => `${count} ${why}`);
  if (kinds.length > 0) words.push(`ballots refused: ${kinds.join(", ")}`);
  return words.join("; ");
}
