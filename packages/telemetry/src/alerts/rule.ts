import { z } from "zod";

const severities = ["info", "warning", "critical"] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.output<typeof severitySchema>;

const operators = [">", ">=", "<", "<=", "==", "!="] as const;

const nameSchema = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,63}$/, "must be a name such as MailboxFull: letters and digits");
const metricSchema = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be the name of a metric as in Prometheus");
const labelSchema = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be the name of a label");
const secondsSchema = z.number().min(0).max(604_800);
const windowSchema = z.number().min(1).max(86_400).default(300);

/** Which series are meant. Of a histogram, `_count` and `_sum` name its parts, as in Prometheus. */
const selection = {
  metric: metricSchema,
  /** Labels with the values that they must have. Default: any. */
  where: z.record(labelSchema, z.string()).default({}),
  /** Labels with values that they must not have. Default: none. */
  except: z.record(labelSchema, z.array(z.string()).min(1)).default({}),
};
const selectionSchema = z.strictObject(selection);
export type Selection = z.output<typeof selectionSchema>;

const comparison = {
  operator: z.enum(operators),
  /** What is compared with, in the unit of the metric. */
  value: z.number(),
};

const thresholdSchema = z.strictObject({
  type: z.literal("threshold"),
  ...selection,
  /** Labels by which series are told apart; each group can raise an alert of its own. Default: all together. */
  by: z.array(labelSchema).default([]),
  /**
   * What is compared. `value`: as it stands; `mean`, `increase`: over the window, which for `increase`
   * survives restarts of a counter; `p50`, `p95`, `p99`: of a histogram, over the window.
   */
  of: z.enum(["value", "mean", "increase", "p50", "p95", "p99"]).default("value"),
  /** How series of a group become one number. Default: their sum. */
  combine: z.enum(["sum", "max", "min"]).default("sum"),
  /** Seconds looked back. */
  window: windowSchema,
  /** Divides by the same of another selection; `ago`: of so many seconds earlier. Without data there, nothing is raised. */
  over: z.strictObject({ ...selection, ago: secondsSchema.default(0) }).optional(),
  ...comparison,
});

const rateSchema = z.strictObject({
  type: z.literal("rate"),
  ...selection,
  by: z.array(labelSchema).default([]),
  window: windowSchema,
  /** Compared is the change per second over the window; below 0 when it falls. */
  ...comparison,
});

const absenceSchema = z.strictObject({
  type: z.literal("absence"),
  ...selection,
  /** Nothing has been measured for so many seconds. */
  window: windowSchema,
});

const conditionSchema = z.discriminatedUnion("type", [thresholdSchema, rateSchema, absenceSchema]);
export type Condition = z.output<typeof conditionSchema>;

const escalationSchema = z.strictObject({
  /** Seconds after the alert fired. */
  after: secondsSchema,
  /** The severity from then on. Default: as before. */
  severity: severitySchema.optional(),
  /** Who is told from then on, besides those told before. Default: nobody else. */
  handlers: z.array(z.string()).default([]),
});

/** A rule: what must hold for how long until somebody is told, and who. */
export const alertRuleSchema = z.strictObject({
  name: nameSchema,
  severity: severitySchema.default("warning"),
  /** One line; `{{value}}`, `{{percent}}` (the value as a share, 0.5 as 50 %), `{{node}}` and `{{label}}` are filled in. */
  summary: z.string().min(1).max(500),
  /** Where it says what to do. Default: none. */
  runbook: z.string().max(500).optional(),
  /** `cluster`: one node evaluates it for all, the first by name. Default `node`: each for itself. */
  scope: z.enum(["node", "cluster"]).default("node"),
  condition: conditionSchema,
  /** Seconds for which the condition must hold before the alert fires. Default 0. */
  for: secondsSchema.default(0),
  /** Seconds after which an alert that still fires is told again; 0: never. Default four hours. */
  repeat: secondsSchema.default(14_400),
  escalate: z.array(escalationSchema).max(10).default([]),
  /** Names of the handlers that are told. Default: all but those that only its escalation names. */
  handlers: z.array(z.string()).optional(),
});
export type AlertRule = z.output<typeof alertRuleSchema>;
export type AlertRuleInput = z.input<typeof alertRuleSchema>;
