import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { hasPromtool, runPromtool } from "../testing.ts";
import { ruleOf } from "./alerts.test-data.ts";
import { defaultRules } from "./default-rules.ts";
import { expressionOf, prometheusRules } from "./prometheus-rules.ts";

const directory = mkdtempSync(join(tmpdir(), "troupe-rules-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const rulesFile = join(directory, "rules.yaml");
writeFileSync(rulesFile, prometheusRules(defaultRules));

test.each([
  [{}, "sum by (instance) (m) > 10"],
  [{ combine: "max", by: ["kind"] }, "max by (instance, kind) (m) > 10"],
  [{ of: "mean", window: 60 }, "sum by (instance) (avg_over_time(m[60s])) > 10"],
  [
    { where: { a: 'x"y' }, except: { b: ["1", "2"] }, of: "increase" },
    'sum by (instance) (increase(m{a="x\\"y",b!="1",b!="2"}[300s])) > 10',
  ],
  [{ of: "p95" }, "histogram_quantile(0.95, sum by (instance, le) (rate(m_bucket[300s]))) > 10"],
  [
    { of: "increase", over: { metric: "n", ago: 3600 } },
    "sum by (instance) (increase(m[300s])) / (sum by (instance) (increase(n[300s] offset 3600s)) > 0) > 10",
  ],
  [{ type: "rate", metric: "m_total" }, "sum by (instance) (rate(m_total[300s])) > 10"],
  [{ type: "rate" }, "sum by (instance) (delta(m[300s]) / 300) > 10"],
])("a condition in PromQL: %j", (condition, expression) => {
  expect(expressionOf(ruleOf({}, condition).condition, ["instance"])).toBe(expression);
});

test("an escalation is an alert of its own that fires later", () => {
  const rule = ruleOf({ for: 60, escalate: [{ after: 900, severity: "critical" }] });
  expect(prometheusRules([rule])).toContain("alert: MuchEscalated1");
  expect(prometheusRules([rule])).toContain("for: 960s");
});

test("placeholders of a summary become Prometheus' own", () => {
  const rule = ruleOf({ summary: "{{value}} of {{kind}} on {{node}}" });
  expect(prometheusRules([rule])).toContain(
    `summary: '{{ printf "%.3g" $value }} of {{ $labels.kind }} on {{ $labels.instance }}'`,
  );
  const share = ruleOf({ summary: "{{percent}} on {{node}}" });
  expect(prometheusRules([share])).toContain(
    'summary: "{{ $value | humanizePercentage }} on {{ $labels.instance }}"',
  );
});

test.skipIf(!hasPromtool)("promtool accepts the default rules", () => {
  const { exitCode, said } = runPromtool(["check", "rules", rulesFile]);
  expect(said).toContain("SUCCESS");
  expect(exitCode).toBe(0);
});

/** Series of one node, one value a minute, and which alerts fire when. */
interface Course {
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly alert: string;
  readonly fires: boolean;
}
const on = (metric: string, labels = ""): string => `${metric}{instance="n1"${labels}}`;
const lost = on("troupe_cluster_changes_total", ',change="lost"');
const ended = (outcome: string) => on("troupe_goals_ended_total", `,outcome="${outcome}"`);
const bucket = (le: string) => on("troupe_mailbox_wait_seconds_bucket", `,le="${le}"`);
const courses: readonly Course[] = [
  { series: { [lost]: "0 0 1 1" }, at: "3m", alert: "NodeLost", fires: true },
  { series: { [lost]: "1 1 1 1" }, at: "3m", alert: "NodeLost", fires: false },
  {
    series: { [on("troupe_health_score")]: "100 65 65 65" },
    at: "3m",
    alert: "NodeUnhealthy",
    fires: true,
  },
  {
    series: { [on("troupe_health_score")]: "65x2 70" },
    at: "3m",
    alert: "NodeUnhealthy",
    fires: false,
  },
  { series: { other: "1x10" }, at: "10m", alert: "HealthUnknown", fires: true },
  {
    series: { [on("troupe_mailbox_fullness_ratio")]: "0 0.8 0.8 0.8" },
    at: "3m",
    alert: "MailboxFull",
    fires: true,
  },
  {
    series: { [ended("failed")]: "0+1x20", [ended("succeeded")]: "0+9x20" },
    at: "20m",
    alert: "GoalsFail",
    fires: true,
  },
  {
    series: { [ended("failed")]: "0+1x20", [ended("succeeded")]: "0+99x20" },
    at: "20m",
    alert: "GoalsFail",
    fires: false,
  },
  {
    series: { [bucket("5")]: "0+5x20", [bucket("10")]: "0+10x20", [bucket("+Inf")]: "0+10x20" },
    at: "15m",
    alert: "MessagesWait",
    fires: true,
  },
  {
    series: { [on("troupe_nats_connected")]: "1 0 0" },
    at: "2m",
    alert: "NatsDisconnected",
    fires: true,
  },
];

test.skipIf(!hasPromtool)(
  "in Prometheus the default rules fire when they should, and not else",
  () => {
    const file = join(directory, "tests.yaml");
    const tests = courses.map(({ series, at, alert, fires }) => {
      const { severity, condition, scope } =
        defaultRules.find(({ name }) => name === alert) ?? ruleOf();
      const ofNode = scope === "node" && condition.type !== "absence";
      const labels = { severity, ...(ofNode ? { instance: "n1" } : {}) };
      return {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          { eval_time: at, alertname: alert, exp_alerts: fires ? [{ exp_labels: labels }] : [] },
        ],
      };
    });
    const plain = join(directory, "plain.yaml");
    const { groups } = parse(readFileSync(rulesFile, "utf8")) as {
      readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
    };
    // Promtool would compare the texts too.
    const bare = groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => ({ ...rule, annotations: undefined })),
    }));
    writeFileSync(plain, stringify({ groups: bare }));
    writeFileSync(file, stringify({ rule_files: [plain], evaluation_interval: "1m", tests }));
    const { exitCode, said } = runPromtool(["test", "rules", file]);
    expect(said).toContain("SUCCESS");
    expect(exitCode).toBe(0);
  },
);
