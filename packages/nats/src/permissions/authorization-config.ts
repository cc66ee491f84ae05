import type { Permissions } from "./permissions.ts";

/** A user of the server. */
export interface NatsUser {
  readonly user: string;
  /** In the clear, or a bcrypt hash as `nats server passwd` makes it. */
  readonly password: string;
  readonly permissions: Permissions;
}

/** The block `authorization` of a nats.conf with these users, and nobody else. For nats-server 2.9 and newer. */
export function authorizationConfig(users: readonly NatsUser[]): string {
  return `authorization {\n  users: [\n${users.map(userBlock).join("")}  ]\n}\n`;
}

/** One user, as it stands in a list of `users`. */
export function userBlock({ user, password, permissions }: NatsUser): string {
  const { publish, subscribe, allowResponses } = permissions;
  const responses =
    allowResponses === undefined
      ? ""
      : `        allow_responses: { max: ${allowResponses.max}, expires: "${allowResponses.expiresMs}ms" }\n`;
  return `    {
      user: ${JSON.stringify(user)}
      password: ${JSON.stringify(password)}
      permissions: {
        publish: { allow: ${JSON.stringify(publish.allow)} }
        subscribe: { allow: ${JSON.stringify(subscribe.allow)} }
${responses}      }
    }
`;
}
