import { stringify } from "yaml";
import type { AlertRule, Condition, Selection } from "./rule.ts";

/** The label by which Prometheus tells nodes apart. */
const nodeLabel = "instance";

/**
 * Rules as a Prometheus rules file (YAML), to be loaded by a Prometheus that scrapes the nodes: the same
 * conditions as expressions, told apart by node. Escalations become alerts of their own, named
 * `<rule>Escalated<n>`, that fire so much later. Handlers and repeats are Alertmanager's there.
 *
 * Two things differ by nature: Prometheus takes a counter's first value for no increase, and extrapolates
 * increases to the whole window.
 */
export function prometheusRules(rules: readonly AlertRule[], group = "troupe"): string {
  return stringify({ groups: [{ name: group, rules: rules.flatMap(rendered) }] }, { lineWidth: 0 });
}

function rendered(rule: AlertRule): readonly unknown[] {
  const { name, severity, escalate } = rule;
  return [
    alert(rule, name, severity, rule.for),
    ...escalate.map((step, index) =>
      alert(rule, `${name}Escalated${index + 1}`, step.severity ?? severity, rule.for + step.after),
    ),
  ];
}

function alert(rule: AlertRule, name: string, severity: string, seconds: number): unknown {
  const { condition, scope, summary, runbook } = rule;
  return {
    alert: name,
    expr: expressionOf(condition, scope === "node" ? [nodeLabel] : []),
    ...(seconds === 0 ? {} : { for: `${seconds}s` }),
    labels: { severity },
    annotations: {
      summary: templated(summary),
      ...(runbook === undefined ? {} : { runbook_url: runbook }),
    },
  };
}

/** A condition in PromQL. */
export function expressionOf(condition: Condition, by: readonly string[]): string {
  if (condition.type === "absence") {
    return `absent_over_time(${selector(condition)}[${condition.window}s])`;
  }
  const { operator, value } = condition;
  const groups = [...by, ...condition.by];
  const own = numberOf(condition, condition, groups, 0);
  if (condition.type === "rate" || condition.over === undefined)
    return `${own} ${operator} ${value}`;
  const { over } = condition;
  const divisor = numberOf(condition, over, groups, over.ago);
  return `${own} / (${divisor} > 0) ${operator} ${value}`;
}

function numberOf(
  condition: Exclude<Condition, { type: "absence" }>,
  of: Selection,
  by: readonly string[],
  ago: number,
): string {
  const offset = ago === 0 ? "" : ` offset ${ago}s`;
  const range = `${selector(of)}[${condition.window}s]${offset}`;
  if (condition.type === "rate") {
    // What only grows ends so by convention; of the rest the ends of the window are compared.
    const grows = /_(total|count|sum)$/.test(of.metric);
    return aggregated(
      "sum",
      by,
      grows ? `rate(${range})` : `delta(${range}) / ${condition.window}`,
    );
  }
  switch (condition.of) {
    case "value":
      return aggregated(condition.combine, by, `${selector(of)}${offset}`);
    case "mean":
      return aggregated(condition.combine, by, `avg_over_time(${range})`);
    case "increase":
      return aggregated(condition.combine, by, `increase(${range})`);
    default: {
      const buckets = `${selector({ ...of, metric: `${of.metric}_bucket` })}[${condition.window}s]${offset}`;
      const rates = aggregated("sum", [...by, "le"], `rate(${buckets})`);
      return `histogram_quantile(0.${condition.of.slice(1)}, ${rates})`;
    }
  }
}

function aggregated(how: string, by: readonly string[], expression: string): string {
  return by.length === 0 ? `${how}(${expression})` : `${how} by (${by.join(", ")}) (${expression})`;
}

function selector({ metric, where, except }: Selection): string {
  const wanted = Object.entries(where).map(([name, value]) => `${name}=${quoted(value)}`);
  const unwanted = Object.entries(except).flatMap(([name, values]) =>
    values.map((value) => `${name}!=${quoted(value)}`),
  );
  const matchers = [...wanted, ...unwanted];
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(",")}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Our placeholders as Prometheus' templates. */
function templated(summary: string): string {
  return summary.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_whole, name: string) => {
    if (name === "value") return '{{ printf "%.3g" $value }}';
    if (name === "percent") return "{{ $value | humanizePercentage }}";
    return `{{ $labels.${name === "node" ? nodeLabel : name} }}`;
  });
}
