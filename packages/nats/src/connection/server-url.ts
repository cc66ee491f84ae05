import { nkeys } from "@nats-io/transport-node";
import { InvalidServerUrlError } from "../errors.ts";

/** A NATS address taken apart. Credentials apply to every server of the list. */
export interface ServerAddress {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** The seed of an nkey, when that stands in the place of the password: it signs, and is never sent. */
  readonly seed?: string;
  /** A user without a password is a token, as the NATS tools have it. */
  readonly token?: string;
}

/** How the seed of a user's nkey is written; no other password is taken for one. */
const seedPattern = /^SU[A-Z2-7]{56}$/;
const schemes = new Set(["nats:", "tls:"]);

/**
 * Takes `nats://[user:password@]host[:port][,...]` apart. A missing scheme is `nats://`, a missing
 * port 4222; the first credentials given count. In the place of the password may stand the seed of
 * an nkey. Throws `InvalidServerUrlError`, also for a seed with a mistake in it.
 */
export function parseServerUrl(url: string): ServerAddress {
  const parts = url
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) throw new InvalidServerUrlError(url, "it is empty");
  const parsed = parts.map((part) => parseOne(url, part));
  const credentials = parsed.find((one) => one.username !== "");
  const user = credentials === undefined ? "" : decodeURIComponent(credentials.username);
  const password = credentials === undefined ? "" : decodeURIComponent(credentials.password);
  return {
    servers: parsed.map((one) => `${one.hostname}:${one.port === "" ? "4222" : one.port}`),
    tls: parsed.some((one) => one.protocol === "tls:"),
    ...(user === "" ? {} : password === "" ? { token: user } : secretOf(url, user, password)),
  };
}

function secretOf(url: string, user: string, password: string): Partial<ServerAddress> {
  if (!seedPattern.test(password)) return { user, password };
  try {
    nkeys.fromSeed(new TextEncoder().encode(password));
  } catch {
    throw new InvalidServerUrlError(url, "its nkey seed does not match its checksum");
  }
  return { user, seed: password };
}

function parseOne(whole: string, part: string): URL {
  const text = /^[a-z+]+:\/\//i.test(part) ? part : `nats://${part}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new InvalidServerUrlError(whole, "it does not parse");
  }
  if (!schemes.has(url.protocol)) {
    throw new InvalidServerUrlError(whole, `its scheme is '${url.protocol}//'`);
  }
  if (url.hostname === "") throw new InvalidServerUrlError(whole, "it names no host");
  return url;
}
