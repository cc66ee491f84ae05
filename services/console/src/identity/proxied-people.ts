import { isIP } from "node:net";
import type { Clock } from "@troupe/actor";
import { openKeySet } from "./key-set.ts";
import { headerText, nameIn } from "./names.ts";
import { Networks } from "./networks.ts";
import type { Person } from "./roles.ts";
import type { IdentitySettings } from "./settings.ts";
import { readToken, type TokenRead, type TokenRules } from "./signed-tokens.ts";

/** A signed token as it is sent (RFC 7515, 7.1). */
const signedPattern = /^(?:Bearer )?[\w-]+\.[\w-]+\.[\w-]+$/i;

/** The headers of a request, each with all its values, by their names in small letters. */
export type HeaderValues = Readonly<Record<string, readonly string[] | undefined>>;

/** Whom a request is said to come from. */
export type Named =
  | TokenRead
  /** It names nobody. */
  | { readonly is: "nobody" }
  /** It names somebody, and comes from where nobody may. */
  | { readonly is: "elsewhere"; readonly header: string };

/** Reads whom a proxy names in a request, and believes it only from the addresses of proxies. */
export class ProxiedPeople {
  readonly #settings: IdentitySettings;
  readonly #proxies: Networks;
  readonly #rules: TokenRules | undefined;

  private constructor(settings: IdentitySettings, rules: TokenRules | undefined) {
    this.#settings = settings;
    this.#proxies = new Networks(settings.proxies);
    this.#rules = rules;
  }

  /**
   * @returns undefined when no proxy says who people are
   * @throws KeySetError when the file of keys cannot be used
   */
  static async open(settings: IdentitySettings, clock: Clock): Promise<ProxiedPeople | undefined> {
    const { userHeader, jwks, jwtIssuer, jwtAudience, jwtUser, jwtGroups } = settings;
    if (userHeader === undefined && jwks === undefined) return undefined;
    if (jwks === undefined || jwtIssuer === undefined || jwtAudience === undefined) {
      return new ProxiedPeople(settings, undefined);
    }
    return new ProxiedPeople(settings, {
      keys: await openKeySet(jwks, clock),
      clock,
      issuer: jwtIssuer,
      audience: jwtAudience,
      user: jwtUser,
      groups: jwtGroups,
    });
  }

  /**
   * Whom a request names. Where tokens are asked for one must be there, and a name beside it must be the same.
   *
   * @param address whose connection it came on
   */
  async who(address: string, headers: HeaderValues): Promise<Named> {
    const { userHeader, groupsHeader, jwtHeader } = this.#settings;
    const names = userHeader === undefined ? [] : (headers[userHeader] ?? []);
    const tokens = this.#rules === undefined ? [] : this.#tokensIn(headers[jwtHeader] ?? []);
    if (names.length === 0 && tokens.length === 0) return { is: "nobody" };
    if (!this.#proxies.has(address)) {
      return { is: "elsewhere", header: names.length > 0 ? (userHeader ?? "") : jwtHeader };
    }
    // A proxy that adds its header to that of whoever asks would let everybody choose their name.
    if (names.length > 1 || tokens.length > 1) return refused("it names somebody twice");
    const [named] = names;
    const name = named === undefined ? undefined : nameIn(headerText(named));
    if (named !== undefined && name === undefined) return refused(`'${userHeader}' is no name`);
    const [token] = tokens;
    if (this.#rules !== undefined) {
      if (token === undefined) return refused(`no signed token came in '${jwtHeader}'`);
      const read = await readToken(token, this.#rules);
      const differs = read.is === "known" && name !== undefined && name !== read.person.user;
      return differs ? refused("its token is of somebody else than it names") : read;
    }
    const groups = groupsHeader === undefined ? [] : (headers[groupsHeader] ?? []);
    if (groups.length > 1) return refused("it names groups twice");
    return { is: "known", person: { user: name ?? "", groups: listed(groups[0] ?? "") } };
  }

  /**
   * The address that a request began at: what proxies say they have it from (`X-Forwarded-For`), read from its end, as far
   * as the proxies are believed. Of other connections, their own.
   */
  origin(address: string, headers: HeaderValues): string {
    const hops = (headers["x-forwarded-for"] ?? []).flatMap((value) => value.split(","));
    let origin = address;
    while (this.#proxies.has(origin)) {
      const before = hops.pop()?.trim() ?? "";
      if (isIP(before) === 0) break;
      origin = before;
    }
    return origin;
  }

  /** What is signed; a header that also brings other things may hold none. */
  #tokensIn(values: readonly string[]): readonly string[] {
    const isShared = this.#settings.jwtHeader === "authorization";
    if (isShared && !values.some((value) => signedPattern.test(value))) return [];
    return values.map((value) => value.replace(/^Bearer /i, ""));
  }
}

function listed(groups: string): Person["groups"] {
  return headerText(groups)
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
}

function refused(why: string): Named {
  return { is: "refused", why };
}
