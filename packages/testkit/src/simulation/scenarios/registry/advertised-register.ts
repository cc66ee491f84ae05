import type { Model } from "../../../linearizability/model.ts";

/** Who looks at whom. All of one pair are operations on one register. */
interface OfPair {
  /** One life of the node that looks, and the node that is looked at. */
  readonly pair: string;
}

/** What happens to the node that is looked at. */
export type AdvertisedChange =
  | { readonly kind: "boots" }
  | { readonly kind: "goes-down" }
  | { readonly kind: "lists"; readonly address: string }
  | { readonly kind: "unlists"; readonly address: string };

/** What happens on the way: silence has been, or is no more, long enough for it to be missed. */
type MissableChange = { readonly kind: "missable" } | { readonly kind: "not-missable" };

interface Look {
  readonly kind: "look";
  /** Which it is of the looks of its pair that found the node, from 0. */
  readonly number: number;
  /** Δ: how old the answer may be, milliseconds. */
  readonly staleMs: number;
}

export type AdvertisedInput = OfPair & (AdvertisedChange | MissableChange | Look);

/** Not among the members. */
export const missing = Symbol("missing");

/** What a look gives: the addresses found, as {@link listOf} writes them, or no such node. */
export type AdvertisedOutput = string | typeof missing;

/** Addresses as one text, equal for equal sets. */
export function listOf(addresses: readonly string[]): string {
  return addresses.toSorted().join();
}

interface AdvertisedState {
  /** Addresses, as {@link listOf} writes them; undefined while the node is down. */
  readonly actors: string | undefined;
  readonly isMissable: boolean;
  /** How many looks that found the node have taken place. */
  readonly looked: number;
}

/**
 * What a node advertises, as a register that it writes and another reads.
 *
 * That a node is missed is no value of its register but a guess of the reader's failure detector:
 * an answer while what went on in the network allows it.
 *
 * @param options `inOrder`: whether looks take place in the order they were made, so that later
 *   ones give no older answers (monotonic reads; Terry et al., "Session Guarantees for Weakly
 *   Consistent Replicated Data", 1994)
 */
export function advertisedModel({
  inOrder,
}: {
  readonly inOrder: boolean;
}): Model<AdvertisedState, AdvertisedInput, AdvertisedOutput> {
  return {
    initial: { actors: undefined, isMissable: false, looked: 0 },
    partition: ({ pair }) => pair,
    // A look in order does change which comes next. That matters to later looks alone, so that it
    // too is best placed as soon as the state explains it.
    isReadOnly: ({ kind }) => kind === "look",
    key: ({ actors, isMissable, looked }) => `${looked} ${isMissable} ${actors}`,
    step(state, input, output) {
      if (input.kind === "missable") return [{ ...state, isMissable: true }];
      if (input.kind === "not-missable") return [{ ...state, isMissable: false }];
      if (input.kind !== "look")
        return changed(state.actors, input).map((a) => ({ ...state, ...a }));
      if (output === missing) return state.isMissable ? [state] : [];
      if (output !== state.actors) return [];
      if (!inOrder) return [state];
      return input.number === state.looked ? [{ ...state, looked: state.looked + 1 }] : [];
    },
  };
}

function changed(
  actors: string | undefined,
  change: AdvertisedChange,
): readonly Pick<AdvertisedState, "actors">[] {
  if (change.kind === "boots") return actors === undefined ? [{ actors: "" }] : [];
  if (actors === undefined) return [];
  if (change.kind === "goes-down") return [{ actors: undefined }];
  const { kind, address } = change;
  const listed = actors === "" ? [] : actors.split(",");
  const others = listed.filter((other) => other !== address);
  const isListed = others.length < listed.length;
  if (kind === "lists") return isListed ? [] : [{ actors: listOf([...listed, address]) }];
  return isListed ? [{ actors: listOf(others) }] : [];
}
