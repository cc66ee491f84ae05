import { InvalidServerUrlError } from "../errors.ts";

/** A NATS address taken apart. Credentials apply to every server of the list. */
export interface ServerAddress {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** A user without a password is a token, as the NATS tools have it. */
  readonly token?: string;
}

const schemes = new Set(["nats:", "tls:"]);

/**
 * Takes `nats://[user:password@]host[:port][,...]` apart. A missing scheme is `nats://`, a missing
 * port 4222; the first credentials given count. Throws `InvalidServerUrlError`.
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
    ...(user === "" ? {} : password === "" ? { token: user } : { user, password }),
  };
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

/** The url as it may be shown: what stands before an `@` keeps the user only. */
export function hidePassword(url: string): string {
  return url.replace(/\/\/([^/@,]*)@/g, (_, credentials: string) => {
    const colon = credentials.indexOf(":");
    return colon === -1 ? "//***@" : `//${credentials.slice(0, colon)}:***@`;
  });
}
