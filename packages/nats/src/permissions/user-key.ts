import { nkeys } from "@nats-io/transport-node";

/** An nkey of a user: who has the seed signs with it, and the server knows the public key only. */
export interface UserKey {
  /** `U…`: for the server's configuration. */
  readonly publicKey: string;
  /** `SU…`: for the process, in the place of a password in its url. */
  readonly seed: string;
}

/** A new key, which nobody else has. */
export function newUserKey(): UserKey {
  const pair = nkeys.createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}
