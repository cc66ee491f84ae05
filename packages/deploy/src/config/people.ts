import { z } from "zod";

/** What the names of people and headers are joined by where a console reads them. */
const item = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^,\p{Cc}]+$/u, "must have no comma");
const header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header");

/** A console takes a list of nobody for one that is not given: everybody. */
const noViewers = "must name somebody: those who may act may look in any case";

/** How a console knows who people are: by a proxy that has logged them in. */
export const peopleSchema = z
  .strictObject({
    /** Addresses from which that is believed, as the console sees them: `10.1.2.3`, `10.2.0.0/16`. */
    proxies: z.array(item).min(1).max(100),
    /** Header with the name, as `X-Forwarded-User`. Default: none, then `token` is needed. */
    userHeader: header.optional(),
    /** Header with the groups. Default: none. */
    groupsHeader: header.optional(),
    /** A signed token that must come with each request. Default: none. */
    token: z
      .strictObject({
        /** Where the keys of who signs it are (JWKS). */
        keys: z.url({ protocol: /^https$/ }),
        issuer: z.string().min(1),
        audience: z.string().min(1),
        /** Header that it comes in. Default `authorization`. */
        header: header.default("authorization"),
        /** Claims that name people and their groups. Default `email` and `groups`. */
        user: z.string().min(1).default("email"),
        groups: z.string().min(1).default("groups"),
      })
      .optional(),
    /** Who may act: names, `group:NAME`, or `*`. Default nobody. */
    operators: z.array(item).max(1000).default([]),
    /** Who may look, besides those who may act. Default `*`, everybody whom the proxy names. */
    viewers: z.array(item).min(1, noViewers).max(1000).default(["*"]),
    /** Where browsers find the console. Default on Kubernetes `https://` and `console.host`, else what they ask for. */
    url: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ userHeader, token }) => userHeader !== undefined || token !== undefined, {
    message: "name userHeader, or token: nothing says how the proxy names people",
    path: ["userHeader"],
  });
type People = z.output<typeof peopleSchema>;

/**
 * The environment variables of a console that is told of a proxy, by name.
 *
 * @param url where browsers find it, unless `people` says so
 */
export function peopleVariables(
  people: People | undefined,
  url: string | undefined,
): Readonly<Record<string, string>> {
  if (people === undefined) return {};
  const { proxies, userHeader, groupsHeader, token, operators, viewers } = people;
  const variables = {
    TROUPE_CONSOLE_PROXIES: proxies.join(","),
    TROUPE_CONSOLE_USER_HEADER: userHeader,
    TROUPE_CONSOLE_GROUPS_HEADER: groupsHeader,
    TROUPE_CONSOLE_JWKS: token?.keys,
    TROUPE_CONSOLE_JWT_HEADER: token?.header,
    TROUPE_CONSOLE_JWT_ISSUER: token?.issuer,
    TROUPE_CONSOLE_JWT_AUDIENCE: token?.audience,
    TROUPE_CONSOLE_JWT_USER: token?.user,
    TROUPE_CONSOLE_JWT_GROUPS: token?.groups,
    TROUPE_CONSOLE_OPERATORS: operators.join(","),
    TROUPE_CONSOLE_VIEWERS: viewers.join(","),
    TROUPE_CONSOLE_URL: people.url ?? url,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
