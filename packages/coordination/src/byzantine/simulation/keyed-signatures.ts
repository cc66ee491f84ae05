import { hash } from "node:crypto";
import type { Signatures } from "../signatures.ts";

/**
 * Signatures for simulations: a keyed hash with a key for each member, a hundred times as fast as Ed25519
 * and the same for each run. Who holds this object for one name can sign as nobody else.
 */
export function keyedSignatures(name: string): Signatures {
  return {
    sign: (text) => keyed(name, text),
    verify: (signer, text, signature) => keyed(signer, text) === signature,
  };
}

function keyed(name: string, text: string): string {
  return hash("sha256", `${name}\n${text}`, "base64");
}
