import { createHash } from "node:crypto";
import type { Signatures } from "../signatures.ts";

/**
 * Signatures for simulations: a keyed hash with a key for each member, a hundred times as fast as Ed25519
 * and the same for each run. Who holds this object for one name can sign as nobody else.
 */
export function keyedSignatures(name: string): Signatures {
  return {
    sign: (text) => hash(name, text),
    verify: (signer, text, signature) => hash(signer, text) === signature,
  };
}

function hash(name: string, text: string): string {
  return createHash("sha256").update(`${name}\n${text}`).digest("base64");
}
