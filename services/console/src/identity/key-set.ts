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
/** An address that has not answered is left alone for so long, twice as long each further time, milliseconds. */
const pauseMs = { first: 1000, most: 30_000 };

/**
 * Finds the key that a token was signed with, in a file or at an address. Either is read again when a token names a
 * key that was not there, an address also when its keys are old. While it does not answer it is asked at growing distances,
 * 30 s at most, however many tokens come, and the keys that it gave last count until they are old.
 *
 * @throws KeySetError when the file cannot be read or holds no keys; an address is first asked when a token comes
 */
export async function openKeySet(place: string, clock: Clock): Promise<JWTVerifyGetKey> {
  if (isAddress(place)) {
    const keys = new RemoteKeys(place, clock);
    return (header, token) => keys.find(header, token);
  }
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

/** When it is asked is not left to the library, which asks at every token for as long as there is no answer. */
function remoteKeys(address: string): ReturnType<typeof createRemoteJWKSet> {
  return createRemoteJWKSet(new URL(address), {
    cooldownDuration: Number.POSITIVE_INFINITY,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    timeoutDuration: answerMs,
  });
}

/** The keys of an address, as it gave them last. */
class RemoteKeys {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #clock: Clock;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #failure: { readonly error: Error; readonly until: number; readonly pause: number } | undefined;

  constructor(address: string, clock: Clock) {
    this.#keys = remoteKeys(address);
    this.#clock = clock;
  }

  async find(
    ...signed: Parameters<JWTVerifyGetKey>
  ): Promise<Awaited<ReturnType<JWTVerifyGetKey>>> {
    if (this.#age() >= keepMs) await this.#read();
    try {
      return await this.#keys(...signed);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey) || this.#age() < cooldownMs) throw thrown;
      await this.#read();
      return this.#keys(...signed);
    }
  }

  #age(): number {
    return this.#clock.monotonic() - this.#readAt;
  }

  /** Asks once for all who wait. */
  #read(): Promise<void> {
    this.#reading ??= this.#ask().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #ask(): Promise<void> {
    const failed = this.#failure;
    if (failed !== undefined && this.#clock.monotonic() < failed.until) throw failed.error;
    try {
      await this.#keys.reload();
    } catch (thrown) {
      const pause = failed === undefined ? pauseMs.first : Math.min(pauseMs.most, failed.pause * 2);
      const until = this.#clock.monotonic() + pause;
      this.#failure = { error: ensureError(thrown), until, pause };
      throw thrown;
    }
    this.#failure = undefined;
    this.#readAt = this.#clock.monotonic();
  }
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
