import { isIP, isIPv4 } from "node:net";
import { readServiceSettings, serviceSettings } from "@troupe/nats";
import { z } from "zod";
import { identityProblems, identitySettings, identityVariables } from "./identity/settings.ts";

/** Everything that a console can be told, but for what goes together. */
const settings = z.object({
  ...serviceSettings,
  ...identitySettings,
  /** `TROUPE_CONSOLE_HOST`: address to listen on. Default `127.0.0.1`. Others than this machine's own need a login. */
  host: z
    .string()
    .refine((host) => isIP(host) !== 0 || host === "localhost", "must be an IP address")
    .default("127.0.0.1"),
  /** `TROUPE_CONSOLE_PORT`: 0 is any that is free. Default 4280. */
  port: z.coerce.number().int().min(0).max(65_535).default(4280),
  /**
   * `TROUPE_CONSOLE_TOKEN`: what people log in with. Default: none on loopback, and where a proxy says who people are;
   * elsewhere one is made up at each start, and printed.
   */
  token: z.string().min(16, "TROUPE_CONSOLE_TOKEN must have 16 characters or more").optional(),
  /** `TROUPE_CONSOLE_STATUS_MS`: time between two looks at the nodes, milliseconds. Default 2000. */
  statusMs: z.coerce.number().int().min(250).max(60_000).default(2000),
});

/** What the console is told when it starts. */
export const consoleConfigSchema = settings.superRefine((config, context) => {
  for (const [setting, message] of identityProblems(config)) {
    context.addIssue({ code: "custom", path: [setting], message });
  }
});

export type ConsoleConfig = z.output<typeof consoleConfigSchema>;

const variables = {
  ...identityVariables,
  natsUrl: "NATS_URL",
  prefix: "TROUPE_PREFIX",
  host: "TROUPE_CONSOLE_HOST",
  port: "TROUPE_CONSOLE_PORT",
  token: "TROUPE_CONSOLE_TOKEN",
  statusMs: "TROUPE_CONSOLE_STATUS_MS",
};

/**
 * Reads the configuration of a console from environment variables; empty ones count as not given.
 *
 * @throws ZodError naming each variable that cannot be used
 */
export function readConsoleConfig(
  environment: Readonly<Record<string, string | undefined>>,
): ConsoleConfig {
  return readServiceSettings(consoleConfigSchema, variables, environment);
}

/** Whether only this machine can reach the address. A name such as `127.evil.example` is none of its addresses. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
