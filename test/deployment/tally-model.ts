import type { Model } from "@troupe/testkit";

export interface TallyCall {
  readonly kind: "add" | "total";
  readonly key: string;
}

/** What a tally does when one caller at a time uses it: `add` gives the sum after it, `total` the sum. */
export const tallyModel: Model<number, TallyCall, number> = {
  initial: 0,
  partition: ({ key }) => key,
  isReadOnly: ({ kind }) => kind === "total",
  step: (sum, { kind }, output) => {
    const after = kind === "add" ? sum + 1 : sum;
    return output === undefined || output === after ? [after] : [];
  },
};
