import { ensureError } from "@troupe/actor";
import { parse } from "yaml";
import { z } from "zod";
import { InvalidAlertingError } from "../errors.ts";
import { defaultRules } from "./default-rules.ts";
import { type AlertRule, alertRuleSchema } from "./rule.ts";

const nameSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be letters, digits, '-' or '_'");
const httpSchema = z.url({ protocol: /^https?$/, error: "must be an http or https address" });

/** Who tells people, by what. */
export const handlerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("log"), name: nameSchema.default("log") }),
  z.strictObject({
    type: z.literal("webhook"),
    name: nameSchema.default("webhook"),
    url: httpSchema,
    /** `slack`: what Slack and those like it take; `json`: the alert itself. Default `slack`. */
    format: z.enum(["slack", "json"]).default("slack"),
    /** Sent along, for example for authorization. Default none. */
    headers: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    type: z.literal("email"),
    name: nameSchema.default("email"),
    /** `smtp://[user:password@]host[:port]`, or `smtps://` for TLS from the beginning. */
    server: z.url({ protocol: /^smtps?$/, error: "must be an address such as smtp://mail:587" }),
    from: z.email(),
    to: z.array(z.email()).min(1),
  }),
  z.strictObject({
    type: z.literal("subject"),
    name: nameSchema.default("subject"),
    /** NATS subject. Default `<prefix>.alerts`. */
    subject: z
      .string()
      .regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, "must be a NATS subject without wildcards")
      .optional(),
  }),
]);
export type HandlerConfig = z.output<typeof handlerSchema>;

const fileSchema = z.strictObject({
  /** Rules besides the default ones; one with the name of a default rule takes its place. */
  rules: z.array(alertRuleSchema).max(500).default([]),
  /** Names of default rules to leave out; `["*"]`: all. Default none. */
  without: z.array(z.string()).default([]),
  /** Who tells people. Default: the log, and NATS. */
  handlers: z
    .array(handlerSchema)
    .max(50)
    .default([
      { type: "log", name: "log" },
      { type: "subject", name: "subject" },
    ]),
  /** Seconds between two looks at the rules. Default 15. */
  every: z.number().int().min(1).max(3600).default(15),
});

/** Which alerts there are, who is told of them, and how often they are looked at. */
export interface Alerting {
  readonly rules: readonly AlertRule[];
  readonly handlers: readonly HandlerConfig[];
  /** Seconds between two looks at the rules. */
  readonly every: number;
}

/** The default rules, told to the log and on NATS. */
export const defaultAlerting: Alerting = merged(fileSchema.parse({}));

/**
 * Reads a file of alert rules and handlers, YAML or JSON.
 *
 * @param name of the file, for messages
 * @throws InvalidAlertingError naming every place that is wrong
 */
export function readAlerting(text: string, name: string): Alerting {
  let document: unknown;
  try {
    document = parse(text, { logLevel: "error" }) ?? {};
  } catch (thrown) {
    throw new InvalidAlertingError(name, [{ path: "", message: ensureError(thrown).message }]);
  }
  const read = fileSchema.safeParse(document);
  if (!read.success) {
    const issues = read.error.issues.map(({ path, message }) => ({
      path: path.join("."),
      message,
    }));
    throw new InvalidAlertingError(name, issues);
  }
  const issues = contradictions(read.data);
  if (issues.length > 0) throw new InvalidAlertingError(name, issues);
  return merged(read.data);
}

type AlertingFile = z.output<typeof fileSchema>;
interface Issue {
  readonly path: string;
  readonly message: string;
}

function merged({ rules, without, handlers, every }: AlertingFile): Alerting {
  const own = new Set([...without, ...rules.map(({ name }) => name)]);
  const kept = without.includes("*") ? [] : defaultRules.filter(({ name }) => !own.has(name));
  return { rules: [...kept, ...rules], handlers, every };
}

function contradictions({ rules, without, handlers }: AlertingFile): readonly Issue[] {
  const issues: Issue[] = [];
  const names = handlers.map(({ name }) => name);
  for (const name of doubled(names)) {
    issues.push({ path: "handlers", message: `'${name}' is there twice: give each a name` });
  }
  for (const name of doubled(rules.map((rule) => rule.name))) {
    issues.push({ path: "rules", message: `'${name}' is there twice: leave one out` });
  }
  for (const name of without) {
    if (name === "*" || defaultRules.some((rule) => rule.name === name)) continue;
    issues.push({ path: "without", message: `there is no default rule '${name}'` });
  }
  for (const rule of rules) {
    const told = [...(rule.handlers ?? []), ...rule.escalate.flatMap((step) => step.handlers)];
    for (const name of told.filter((one) => !names.includes(one))) {
      const message = `there is no handler '${name}'; there are: ${names.join(", ")}`;
      issues.push({ path: `rules.${rule.name}`, message });
    }
  }
  return issues;
}

function doubled(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
