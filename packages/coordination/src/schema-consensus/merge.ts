import { InvalidSpecError } from "../errors.ts";

/** One field as a member sees it. Equal keys mean equal values. */
export interface ProposedField<T> {
  readonly key: string;
  readonly value: T;
}

/** What one member proposes, by field name. */
export interface FieldProposal<T> {
  readonly member: string;
  readonly fields: Readonly<Record<string, ProposedField<T>>>;
}

/** One of the values proposed for a field, and who proposed it. */
export interface Alternative<T> {
  readonly key: string;
  /** The value of the first proposal with this key. */
  readonly value: T;
  /** Members, in the order of the proposals. */
  readonly supporters: readonly string[];
}

/** A field that all who mention it see alike. */
export interface AgreedField<T> extends Alternative<T> {
  readonly field: string;
  /** Members that proposed something, but not for this field. */
  readonly missing: readonly string[];
}

/** A field that members see differently. */
export interface ContestedField<T> {
  readonly field: string;
  /** Most supporters first, then by key. */
  readonly alternatives: readonly Alternative<T>[];
  readonly missing: readonly string[];
}

/** Proposals laid side by side. Fields are in the order in which they were first mentioned. */
export interface MergedProposals<T> {
  readonly members: readonly string[];
  readonly agreed: readonly AgreedField<T>[];
  readonly contested: readonly ContestedField<T>[];
}

/**
 * Lays proposals side by side: what all who mention it see alike is agreed, the rest is contested.
 *
 * @throws InvalidSpecError when a member proposes twice: whose word counts would depend on the order
 */
export function mergeProposals<T>(proposals: readonly FieldProposal<T>[]): MergedProposals<T> {
  const members = proposals.map(({ member }) => member);
  const twice = members.filter((member, index) => members.indexOf(member) !== index);
  if (twice.length > 0) {
    throw new InvalidSpecError("merge", members.join(", "), [
      `one proposal for each member, but more came from ${[...new Set(twice)].join(", ")}`,
    ]);
  }
  const fields = new Map<string, Map<string, { value: T; supporters: string[] }>>();
  for (const { member, fields: proposed } of proposals) {
    for (const [field, { key, value }] of Object.entries(proposed)) {
      const byKey = fields.get(field) ?? new Map<string, { value: T; supporters: string[] }>();
      fields.set(field, byKey);
      const seen = byKey.get(key);
      if (seen === undefined) byKey.set(key, { value, supporters: [member] });
      else seen.supporters.push(member);
    }
  }
  const agreed: AgreedField<T>[] = [];
  const contested: ContestedField<T>[] = [];
  for (const [field, byKey] of fields) {
    const alternatives = [...byKey]
      .map(([key, { value, supporters }]): Alternative<T> => ({ key, value, supporters }))
      .sort((a, b) => b.supporters.length - a.supporters.length || (a.key < b.key ? -1 : 1));
    const mentioned = new Set(alternatives.flatMap(({ supporters }) => supporters));
    const missing = members.filter((member) => !mentioned.has(member));
    const [only, ...others] = alternatives;
    if (only !== undefined && others.length === 0) agreed.push({ field, ...only, missing });
    else contested.push({ field, alternatives, missing });
  }
  return { members, agreed, contested };
}
