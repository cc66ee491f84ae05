import { readFile } from "node:fs/promises";
import { type Clock, ensureError } from "@troupe/actor";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { KeySetError } from "../errors.ts";

/** A key that is not known makes the set be read again, but not sooner than so many milliseconds after the last time. */
const cooldownMs = 30_000;
/** How long the keys of an address are kept, and how long it has to answer, milliseconds. */
const keepMs = 600_000;
const answerMs = 5000;

/**
 * Finds the key that a token was signed with, in a file or at an address. Either is read again when a token names a
 * key that was not there.
 *
 * @throws KeySetError when the file cannot be read or holds no keys; an address is first asked when a token comes
 */
export async function openKeySet(place: string, clock: Clock): Promise<JWTVerifyGetKey> {
  if (isAddress(place)) return remoteKeys(place);
  let keys = await readKeys(place);
  let readAt = clock.monotonic();
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (thrown) {
      const isUnknown = thrown instanceof errors.JWKSNoMatchingKey;
      if (!isUnknown || clock.monotonic() - readAt < cooldownMs) throw thrown;
      readAt = clock.monotonic();
      keys = await readKeys(place);
      return keys(header, token);
    }
  };
}

/**
 * How many keys a file or an address has, for who wants to know whether it can be used.
 *
 * @throws KeySetError when it cannot
 */
export async function countKeys(place: string): Promise<number> {
  if (!isAddress(place)) return (await readKeys(place)).jwks().keys.length;
  const keys = remoteKeys(place);
  try {
    await keys.reload();
  } catch (thrown) {
    throw new KeySetError(place, ensureError(thrown).message, { cause: thrown });
  }
  return keys.jwks()?.keys.length ?? 0;
}

function isAddress(place: string): boolean {
  return /^https?:/.test(place);
}

function remoteKeys(address: string): ReturnType<typeof createRemoteJWKSet> {
  return createRemoteJWKSet(new URL(address), {
    cooldownDuration: cooldownMs,
    cacheMaxAge: keepMs,
    timeoutDuration: answerMs,
  });
}

async function readKeys(path: string): Promise<ReturnType<typeof createLocalJWKSet>> {
  try {
    const set = JSON.parse(await readFile(path, "utf8")) as JSONWebKeySet;
    const keys = createLocalJWKSet(set);
    if (set.keys.length === 0) throw new Error("there are none");
    const own = set.keys.find((key) => "d" in key || "k" in key);
    if (own !== undefined) throw new Error(`'${own.kid ?? "one"}' is a private or shared key`);
    return keys;
  } catch (thrown) {
    throw new KeySetError(path, ensureError(thrown).message, { cause: thrown });
  }
}
