import type { Permissions } from "./permissions.ts";

/** A user of the server: by a password, or by the public key of its nkey, which is no secret. */
export type NatsUser = {
  /** With an nkey the server does not know the name; it is written beside the key. */
  readonly user: string;
  readonly permissions: Permissions;
} & (
  | {
      /** In the clear, or a bcrypt hash as `nats server passwd` makes it. */
      readonly password: string;
    }
  | { readonly publicKey: string }
);

/** The block `authorization` of a nats.conf with these users, and nobody else. For nats-server 2.9 and newer. */
export function authorizationConfig(users: readonly NatsUser[]): string {
  return `authorization {\n  users: [\n${users.map(userBlock).join("")}  ]\n}\n`;
}

/** One user, as it stands in a list of `users`. */
export function userBlock(native: NatsUser): string {
  const { publish, subscribe, allowResponses } = native.permissions;
  const responses =
    allowResponses === undefined
      ? ""
      : `        allow_responses: { max: ${allowResponses.max}, expires: "${allowResponses.expiresMs}ms" }\n`;
  return `    {
${identityOf(native)}      permissions: {
        publish: { allow: ${JSON.stringify(publish.allow)} }
        subscribe: { allow: ${JSON.stringify(subscribe.allow)} }
${responses}      }
    }
`;
}

function identityOf(native: NatsUser): string {
  const name = JSON.stringify(native.user);
  return "publicKey" in native
    ? `      # ${name}\n      nkey: ${JSON.stringify(native.publicKey)}\n`
    : `      user: ${name}\n      password: ${JSON.stringify(native.password)}\n`;
}
