import { z } from "zod";

/** Where a service finds its deployment: belongs into the schema of its settings. */
export const serviceSettings = {
  /** `NATS_URL`. Default `nats://127.0.0.1:4222`. May hold credentials. */
  natsUrl: z.string().default("nats://127.0.0.1:4222"),
  /** `TROUPE_PREFIX`: first token of every subject. Default `troupe`. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "TROUPE_PREFIX must be 1 to 32 letters, digits, '-' or '_'")
    .default("troupe"),
};

/**
 * Reads the settings of a service from environment variables; empty ones count as not given.
 *
 * @param variables the variable of each setting
 * @throws ZodError naming each setting that cannot be used
 */
export function readServiceSettings<S extends z.ZodObject>(
  schema: S,
  variables: Readonly<Record<keyof z.output<S>, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given = Object.entries<string>(variables)
    .map(([setting, variable]) => [setting, environment[variable]] as const)
    .filter(([, value]) => value !== undefined && value !== "");
  return schema.parse(Object.fromEntries(given));
}
