import { isIP } from "node:net";
import { z } from "zod";

const settings = z.object({
  /** `NATS_URL`. Default `nats://127.0.0.1:4222`. May hold credentials. */
  natsUrl: z.string().default("nats://127.0.0.1:4222"),
  /** `TROUPE_PREFIX`: first token of every subject. Default `troupe`. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "TROUPE_PREFIX must be 1 to 32 letters, digits, '-' or '_'")
    .default("troupe"),
  /** `TROUPE_CONSOLE_HOST`: address to listen on. Default `127.0.0.1`. Others than this machine's own need a login. */
  host: z
    .string()
    .refine((host) => isIP(host) !== 0 || host === "localhost", "must be an IP address")
    .default("127.0.0.1"),
  /** `TROUPE_CONSOLE_PORT`: 0 is any that is free. Default 4280. */
  port: z.coerce.number().int().min(0).max(65_535).default(4280),
  /**
   * `TROUPE_CONSOLE_TOKEN`: what people log in with. Default: none on loopback; elsewhere one is made up at each
   * start, and printed.
   */
  token: z.string().min(16, "TROUPE_CONSOLE_TOKEN must have 16 characters or more").optional(),
  /** `TROUPE_CONSOLE_STATUS_MS`: time between two looks at the nodes, milliseconds. Default 2000. */
  statusMs: z.coerce.number().int().min(250).max(60_000).default(2000),
});

/** What the console is told when it starts. */
export const consoleConfigSchema = settings;
export type ConsoleConfig = z.output<typeof consoleConfigSchema>;

/**
 * Reads the configuration of a console from environment variables; empty ones count as not given.
 *
 * @throws ZodError naming each variable that cannot be used
 */
export function readConsoleConfig(
  environment: Readonly<Record<string, string | undefined>>,
): ConsoleConfig {
  const given = (name: string): string | undefined => environment[name] || undefined;
  return consoleConfigSchema.parse({
    natsUrl: given("NATS_URL"),
    prefix: given("TROUPE_PREFIX"),
    host: given("TROUPE_CONSOLE_HOST"),
    port: given("TROUPE_CONSOLE_PORT"),
    token: given("TROUPE_CONSOLE_TOKEN"),
    statusMs: given("TROUPE_CONSOLE_STATUS_MS"),
  });
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
