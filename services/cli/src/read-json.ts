import { decodeJson } from "@troupe/goals";

/** What a message says, as JSON data; undefined for anything else. */
export function readJson(payload: Uint8Array): unknown {
  try {
    return decodeJson(payload);
  } catch {
    return undefined;
  }
}
