import type { Model } from "../model.ts";

/** What is asked of a store of values by key. */
export type KeyValueInput =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "put"; readonly key: string; readonly value: string }
  | { readonly kind: "append"; readonly key: string; readonly value: string };

/**
 * Texts by key, each key checked alone. A get gives the text; the outputs of put and append are not
 * looked at.
 *
 * @param missing what a key holds that was never put. Default: the empty text
 */
export function keyValueModel(missing = ""): Model<string, KeyValueInput, string> {
  return {
    initial: missing,
    key: (state) => state,
    isReadOnly: ({ kind }) => kind === "get",
    partition: ({ key }) => key,
    step(state, input, output) {
      if (input.kind === "put") return [input.value];
      if (input.kind === "append") return [state + input.value];
      return output === undefined || output === state ? [state] : [];
    },
  };
}
