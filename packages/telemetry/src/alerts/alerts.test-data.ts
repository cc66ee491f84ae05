import type { Sample } from "../metrics/sample.ts";
import type { Notice } from "./alert-book.ts";
import { type AlertRule, type AlertRuleInput, alertRuleSchema } from "./rule.ts";

/** A rule about the metric `m`, raised above 10 unless the test says otherwise. */
export function ruleOf(
  rule: Partial<Omit<AlertRuleInput, "condition">> = {},
  condition: object = {},
): AlertRule {
  return alertRuleSchema.parse({
    name: "Much",
    summary: "{{value}} on {{node}}",
    condition: { type: "threshold", metric: "m", operator: ">", value: 10, ...condition },
    ...rule,
  });
}

export function sample(
  value: number,
  at: number,
  { metric = "m", labels = {}, growing = false }: Partial<Sample> = {},
): Sample {
  return { metric, labels, at, value, growing };
}

export function titles(notices: readonly Notice[]): readonly string[] {
  return notices.map(({ kind, alert }) => `${kind} ${alert.rule} ${alert.severity}`);
}
