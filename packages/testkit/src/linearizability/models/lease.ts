import type { Model } from "../model.ts";

/** What is asked of leases. */
export type LeaseInput =
  | { readonly kind: "acquire"; readonly lease: string }
  | { readonly kind: "release"; readonly lease: string; readonly token: number };

/**
 * Of an acquire the fencing token, a whole number, or false when the lease was held. Of a release
 * whether it ended the lease: false when the token was not the holder's (any more).
 */
export type LeaseOutput = number | boolean;

/** A lease as it stands. */
export interface LeaseState {
  /** No token up to this one is given any more. */
  readonly latest: number;
  /** The holder's token; "untold" when the acquire never returned. */
  readonly held: number | "untold" | undefined;
}

interface LeaseOptions {
  /** Whether a held lease may end at any moment, as one with a time limit does. Default false. */
  readonly lapses?: boolean;
}

/**
 * A lock with fencing tokens, each greater than all before; several by name, each checked alone.
 * With `lapses` false this is a plain mutual exclusion lock.
 */
export function leaseModel({
  lapses = false,
}: LeaseOptions = {}): Model<LeaseState, LeaseInput, LeaseOutput> {
  return {
    initial: { latest: 0, held: undefined },
    key: ({ latest, held }) => `${latest} ${held}`,
    isReadOnly: ({ kind }, output) => output === false && (kind === "acquire" || !lapses),
    partition: ({ lease }) => lease,
    step: (state, input, output) =>
      input.kind === "acquire"
        ? acquire(state, output, lapses)
        : release(state, input.token, output, lapses),
  };
}

function acquire(
  state: LeaseState,
  output: LeaseOutput | undefined,
  lapses: boolean,
): readonly LeaseState[] {
  const isFree = state.held === undefined;
  const mayBeFree = isFree || lapses;
  if (output === undefined) {
    const granted: LeaseState = { latest: state.latest + 1, held: "untold" };
    return [...(isFree ? [] : [state]), ...(mayBeFree ? [granted] : [])];
  }
  if (output === false) return isFree ? [] : [state];
  if (typeof output !== "number" || !mayBeFree || output <= state.latest) return [];
  return [{ latest: output, held: output }];
}

function release(
  state: LeaseState,
  token: number,
  output: LeaseOutput | undefined,
  lapses: boolean,
): readonly LeaseState[] {
  const isHolder = state.held === token;
  // A token nobody was told may still be known, by other means than this history's.
  const mayBeHolder = isHolder || (state.held === "untold" && token >= state.latest);
  const released = { latest: Math.max(state.latest, token), held: undefined };
  const refused = isHolder ? { latest: state.latest, held: undefined } : state;
  return [
    ...(output !== false && mayBeHolder ? [released] : []),
    ...(output !== true && (!isHolder || lapses) ? [refused] : []),
  ];
}
