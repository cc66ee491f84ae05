import { z } from "zod";
import { isEverybody, type Network, parseNetwork } from "./networks.ts";

/** Headers that mean something else, so that no name may come in them. */
const taken = new Set(["authorization", "cookie", "host", "origin", "x-troupe-console"]);

function items(list: string): readonly string[] {
  return list
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

const header = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header, as X-Forwarded-User")
  .transform((name) => name.toLowerCase());
const nameHeader = header.refine(
  (name) => !taken.has(name),
  "is a header that means something else",
);
const claim = z.string().regex(/^[\w:/.-]{1,200}$/, "must be the name of a claim, as email");
const people = (otherwise: string) => z.string().default(otherwise).transform(items);

const networks = z
  .string()
  .default("")
  .transform((list, context): readonly Network[] =>
    items(list).flatMap((item) => {
      const network = parseNetwork(item);
      const refuse = (message: string) => {
        context.addIssue({ code: "custom", message: `TROUPE_CONSOLE_PROXIES: ${message}` });
        return [];
      };
      if (network === undefined) {
        return refuse(`'${item}' must be an address or a range, as 10.1.2.3 or 10.1.2.0/24`);
      }
      if (isEverybody(network)) {
        return refuse(
          `'${item}' is everybody, who could call themselves what they like: name proxies`,
        );
      }
      return [network];
    }),
  );

/** A key set is a file, or an address that nobody on the way can forge. */
const keySet = z.string().refine((place) => {
  const url = URL.parse(place);
  if (url === null || !/^https?:$/.test(url.protocol)) return !/^[a-z+]+:\/\//i.test(place);
  return url.protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
}, "TROUPE_CONSOLE_JWKS must be a file, or an address that begins with https://");

/** What the console is told about a proxy that says who people are. */
export const identitySettings = {
  /** `TROUPE_CONSOLE_USER_HEADER`: header in which the proxy names who asks, as `X-Forwarded-User`. Default: none is believed. */
  userHeader: nameHeader.optional(),
  /** `TROUPE_CONSOLE_GROUPS_HEADER`: header with their groups, separated by commas. Default: none. */
  groupsHeader: nameHeader.optional(),
  /** `TROUPE_CONSOLE_PROXIES`: addresses from which that is believed, as `10.1.2.3,10.2.0.0/24`. Default: none. */
  proxies: networks,
  /** `TROUPE_CONSOLE_JWKS`: keys of who signs tokens, a file or an address (RFC 7517). Default: no token is asked for. */
  jwks: keySet.optional(),
  /** `TROUPE_CONSOLE_JWT_HEADER`: header with the signed token, after `Bearer` or bare. Default `authorization`. */
  jwtHeader: header.default("authorization"),
  /** `TROUPE_CONSOLE_JWT_ISSUER`: who must have signed it (`iss`). Needed with `TROUPE_CONSOLE_JWKS`. */
  jwtIssuer: z.string().min(1).optional(),
  /** `TROUPE_CONSOLE_JWT_AUDIENCE`: for whom it must be (`aud`). Needed with `TROUPE_CONSOLE_JWKS`. */
  jwtAudience: z.string().min(1).optional(),
  /** `TROUPE_CONSOLE_JWT_USER`: claim that names who asks. Default `email`. */
  jwtUser: claim.default("email"),
  /** `TROUPE_CONSOLE_JWT_GROUPS`: claim with their groups. Default `groups`. */
  jwtGroups: claim.default("groups"),
  /** `TROUPE_CONSOLE_OPERATORS`: who may act, as `ada@example.org,group:ops`, or `*`. Default: nobody whom the proxy names. */
  operators: people(""),
  /** `TROUPE_CONSOLE_VIEWERS`: who may look, the same. Default `*`: all whom the proxy names. */
  viewers: people("*"),
  /** `TROUPE_CONSOLE_URL`: where browsers find the console, as `https://troupe.example.org`. Default: the host that they ask for. */
  publicUrl: z
    .url({
      protocol: /^https?$/,
      error: "TROUPE_CONSOLE_URL must be as https://troupe.example.org",
    })
    .transform((url) => new URL(url).origin)
    .optional(),
};

export const identityVariables = {
  userHeader: "TROUPE_CONSOLE_USER_HEADER",
  groupsHeader: "TROUPE_CONSOLE_GROUPS_HEADER",
  proxies: "TROUPE_CONSOLE_PROXIES",
  jwks: "TROUPE_CONSOLE_JWKS",
  jwtHeader: "TROUPE_CONSOLE_JWT_HEADER",
  jwtIssuer: "TROUPE_CONSOLE_JWT_ISSUER",
  jwtAudience: "TROUPE_CONSOLE_JWT_AUDIENCE",
  jwtUser: "TROUPE_CONSOLE_JWT_USER",
  jwtGroups: "TROUPE_CONSOLE_JWT_GROUPS",
  operators: "TROUPE_CONSOLE_OPERATORS",
  viewers: "TROUPE_CONSOLE_VIEWERS",
  publicUrl: "TROUPE_CONSOLE_URL",
};

const identitySchema = z.object(identitySettings);
export type IdentitySettings = z.output<typeof identitySchema>;

/** Settings that leave open who is believed, with the setting to mend and why. */
export function identityProblems(
  settings: IdentitySettings,
): readonly (readonly [setting: keyof IdentitySettings, why: string])[] {
  const { userHeader, groupsHeader, proxies, jwks, jwtIssuer, jwtAudience, operators } = settings;
  const problems: (readonly [keyof IdentitySettings, string])[] = [];
  const names = userHeader !== undefined || jwks !== undefined;
  if (names && proxies.length === 0) {
    const why = "name the proxies, or anybody who reaches the console could say who they are";
    problems.push(["proxies", `TROUPE_CONSOLE_PROXIES: ${why}`]);
  }
  if (!names && proxies.length > 0) {
    const why =
      "there are proxies, and nothing says how they name people: set it, or TROUPE_CONSOLE_JWKS";
    problems.push(["userHeader", `TROUPE_CONSOLE_USER_HEADER: ${why}`]);
  }
  if (!names && operators.length > 0) {
    problems.push(["operators", "TROUPE_CONSOLE_OPERATORS: no proxy says who people are"]);
  }
  if (groupsHeader !== undefined && (userHeader === undefined || jwks !== undefined)) {
    const why = "groups come with TROUPE_CONSOLE_USER_HEADER, or from the token: leave it out";
    problems.push(["groupsHeader", `TROUPE_CONSOLE_GROUPS_HEADER: ${why}`]);
  }
  for (const [setting, given] of Object.entries({ jwtIssuer, jwtAudience })) {
    if ((given === undefined) === (jwks === undefined)) continue;
    const why =
      given === undefined
        ? "is needed with TROUPE_CONSOLE_JWKS"
        : "is of no use without TROUPE_CONSOLE_JWKS";
    const named = setting as "jwtIssuer" | "jwtAudience";
    problems.push([named, `${identityVariables[named]} ${why}`]);
  }
  return problems;
}
