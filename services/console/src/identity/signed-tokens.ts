import { type Clock, ensureError } from "@troupe/actor";
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { nameIn } from "./names.ts";
import type { Person } from "./roles.ts";

/**
 * What tokens may be signed with: public keys only. `none` and shared secrets are never accepted, whatever a token says
 * of itself (RFC 8725, 3.1).
 */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "EdDSA",
];
/** How far the clocks of who signs and of this machine may be apart, seconds. */
const toleranceSeconds = 30;
/** Most groups of a person; a token has room for no more in a header. */
const groupLimit = 1000;

/** What a token says, or why it says nothing. */
export type TokenRead =
  | { readonly is: "known"; readonly person: Person }
  | { readonly is: "refused"; readonly why: string }
  /** The keys cannot be read at the moment. */
  | { readonly is: "unverifiable"; readonly why: string };

export interface TokenRules {
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
  /** Claims that name the person, and their groups. */
  readonly user: string;
  readonly groups: string;
}

/** Verifies a JSON Web Token (RFC 7519): its signature, who made it, for whom, and until when. */
export async function readToken(token: string, rules: TokenRules): Promise<TokenRead> {
  const { keys, clock, issuer, audience } = rules;
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ["exp"],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(clock.now()),
    });
    return personIn(payload, rules);
  } catch (thrown) {
    const why = ensureError(thrown).message;
    return { is: isTokensFault(thrown) ? "refused" : "unverifiable", why };
  }
}

function personIn(payload: JWTPayload, { user, groups }: TokenRules): TokenRead {
  const claimed = payload[user];
  const name = typeof claimed === "string" ? nameIn(claimed) : undefined;
  if (name === undefined) return { is: "refused", why: `its claim '${user}' is no name` };
  // Some write it as a word. Where it is left out who signs vouches for all of them.
  const { email_verified: verified = true } = payload;
  if (user === "email" && verified !== true && verified !== "true") {
    return { is: "refused", why: "its email was never verified" };
  }
  const listed = payload[groups];
  const all: readonly unknown[] = Array.isArray(listed)
    ? listed
    : listed === undefined
      ? []
      : [listed];
  const person = {
    user: name,
    groups: all.filter((group) => typeof group === "string").slice(0, groupLimit),
    until: ((payload.exp ?? 0) + toleranceSeconds) * 1000,
  };
  return { is: "known", person };
}

function isTokensFault(thrown: unknown): boolean {
  if (!(thrown instanceof errors.JOSEError)) return false;
  return (
    /^ERR_(JWT|JWS)_/.test(thrown.code) ||
    thrown instanceof errors.JOSEAlgNotAllowed ||
    thrown instanceof errors.JOSENotSupported ||
    thrown instanceof errors.JWKSNoMatchingKey ||
    thrown instanceof errors.JWKSMultipleMatchingKeys
  );
}
