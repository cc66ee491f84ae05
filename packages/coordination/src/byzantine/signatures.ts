import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/**
 * Signs for one member of a group, and checks the signatures of all. Both must be functions of their
 * arguments alone: the same text is signed the same way again, as Ed25519 does.
 */
export interface Signatures {
  /** Signs in the own name. */
  sign(text: string): string;
  /** Whether `signer` signed the text. False for names that are not known. */
  verify(signer: string, text: string, signature: string): boolean;
}

/** A pair of Ed25519 keys, DER in base64. */
export interface KeyPair {
  /** SPKI. Goes to everybody. */
  readonly publicKey: string;
  /** PKCS #8. Goes to nobody. */
  readonly privateKey: string;
}

/** Makes a pair of Ed25519 keys (RFC 8032) from the operating system's randomness. */
export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  };
}

/**
 * Ed25519 signatures by `node:crypto`. Text is signed as UTF-8, signatures are base64.
 *
 * @param privateKey own key, as {@link newKeyPair} makes it
 * @param publicKeys of every replica and client, by name
 * @throws Error when a key is none
 */
export function ed25519Signatures(
  privateKey: string,
  publicKeys: Readonly<Record<string, string>>,
): Signatures {
  const own = createPrivateKey({ key: Buffer.from(privateKey, "base64"), ...pkcs8 });
  const known = new Map<string, KeyObject>();
  for (const [name, key] of Object.entries(publicKeys)) {
    known.set(name, createPublicKey({ key: Buffer.from(key, "base64"), ...spki }));
  }
  return {
    sign: (text) => sign(null, Buffer.from(text), own).toString("base64"),
    verify: (signer, text, signature) => {
      const key = known.get(signer);
      if (key === undefined) return false;
      return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
    },
  };
}

const pkcs8 = { format: "der", type: "pkcs8" } as const;
const spki = { format: "der", type: "spki" } as const;
