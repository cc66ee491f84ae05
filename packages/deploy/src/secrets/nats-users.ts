import { accountsConfig, type NatsAccount, permissionsOf, type Role } from "@troupe/nats";
import { InvalidDeploymentError } from "../errors.ts";
import { people, type Tenant, tenantsSchema } from "./tenants.ts";

/** A user of the server, and how it gets there. */
export interface UserSecret {
  readonly tenant: string;
  readonly user: string;
  readonly role: Role["role"];
  /** Only for nodes and agents: the name that the process must have. */
  readonly node?: string;
  readonly url: string;
}

/** Users of a server: its part of the configuration, and what each process is told. */
export interface NatsSecrets {
  /** Content of the file that nats.conf includes. */
  readonly usersConf: string;
  readonly users: readonly UserSecret[];
}

/** How a user shows who it is. Its secret has nothing in it that a url would have to escape. */
export type Credential =
  /** 32 characters at least, known to the server too. */
  | { readonly password: string }
  /** An nkey: the server knows the public key only. */
  | { readonly seed: string; readonly publicKey: string };

export interface NatsUsersOptions {
  /** `host:port` by which the processes reach the server. */
  readonly server: string;
  /** Whether they speak TLS with it. */
  readonly tls: boolean;
  /** First token of every subject; default `troupe`. */
  readonly prefix?: string;
  /** A new one at each call, which nobody else has. */
  readonly credential: () => Credential;
}

/**
 * One account for each tenant, with one user for each of its nodes and agents and for each of `publisher`, `observer` and
 * `console`. Each user may do what its role needs.
 *
 * @param tenants as `tenantsSchema` has it
 * @throws InvalidDeploymentError when a name or number cannot be, or two users would have one name
 */
export function natsUsers(tenants: unknown, options: NatsUsersOptions): NatsSecrets {
  const parsed = tenantsSchema.safeParse(tenants);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw new InvalidDeploymentError("the list of tenants", problems);
  }
  const made = parsed.data.map((tenant) => accountOf(tenant, options));
  return {
    usersConf: accountsConfig(made.map(({ account }) => account)),
    users: made.flatMap(({ users }) => users),
  };
}

function accountOf(
  tenant: Tenant,
  { server, tls, prefix = "troupe", credential }: NatsUsersOptions,
): { readonly account: NatsAccount; readonly users: readonly UserSecret[] } {
  const roles: readonly (readonly [string, Role])[] = [
    ...tenant.nodes.map((node) => [node, { role: "node", node }] as const),
    ...tenant.agents.map((node) => [node, { role: "agent", node }] as const),
    ...people.map((role) => [role, { role }] as const),
  ];
  const made = roles.map(([name, role]) => {
    const user = `${tenant.name}-${name}`;
    const own = credential();
    const [secret, known] =
      "seed" in own ? [own.seed, { publicKey: own.publicKey }] : [own.password, own];
    const url = `${tls ? "tls" : "nats"}://${user}:${secret}@${server}`;
    return {
      native: { user, permissions: permissionsOf(role, { user, prefix }), ...known },
      told: {
        tenant: tenant.name,
        user,
        role: role.role,
        ...("node" in role ? { node: role.node } : {}),
        url,
      },
    };
  });
  const { name, fileBytes, memoryBytes, streams, consumers, connections } = tenant;
  return {
    account: {
      name,
      limits: { fileBytes, memoryBytes, streams, consumers, connections },
      users: made.map(({ native }) => native),
    },
    users: made.map(({ told }) => told),
  };
}
