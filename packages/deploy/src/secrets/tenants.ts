import { z } from "zod";

const gib = 1024 ** 3;
const name = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}$/, "must be 1 to 32 letters, digits, '-' or '_'");
const count = (most: number) => z.number().int().min(1).max(most);

const tenantSchema = z.object({
  /** Name of its account; begins the names of its users. */
  name,
  /** Actor nodes that take goals, at least one. Default `n1` to `n3`. */
  nodes: z.array(name).min(1).max(1000).default(["n1", "n2", "n3"]),
  /** Nodes of agents that only bid, vote and work. Default none. */
  agents: z.array(name).max(1000).default([]),
  /** Bytes that its streams may take on disk. Default 8 GiB. */
  fileBytes: count(2 ** 50).default(8 * gib),
  /** Bytes that its streams may take in memory: the cache lies there. Default 1 GiB. */
  memoryBytes: count(2 ** 50).default(gib),
  /** Its streams at most. Troupe has six; default 16. */
  streams: count(10_000).default(16),
  /** Its consumers at most: each reader of a journal is one for a moment. Default 4096. */
  consumers: count(1_000_000).default(4096),
  /** Its connections at the same time. Default 1024. */
  connections: count(1_000_000).default(1024),
});

/** Who shares one NATS server, and how much each may take. */
export const tenantsSchema = z
  .array(tenantSchema)
  .min(1)
  .max(1000)
  .superRefine((tenants, context) => {
    const users = tenants.flatMap((tenant) =>
      [...tenant.nodes, ...tenant.agents, ...people].map((user) => `${tenant.name}-${user}`),
    );
    for (const user of new Set(users.filter((one, at) => users.indexOf(one) !== at))) {
      context.addIssue({ code: "custom", message: `two users would be called '${user}'` });
    }
  });

/** Roles that each tenant has one user for. */
export const people = ["publisher", "observer", "console"] as const;

/** One that shares the server, with nothing left open. */
export type Tenant = z.output<typeof tenantSchema>;
