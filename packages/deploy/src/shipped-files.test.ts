import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readDeployment } from "./config/read-deployment.ts";
import { filesFor } from "./targets.ts";

const root = join(import.meta.dirname, "../../..");
const shipped = (path: string): string => readFileSync(join(root, path), "utf8");
const directory = mkdtempSync(join(tmpdir(), "troupe-deploy-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const config = readDeployment("");
const prometheus = filesFor("prometheus", config);
const dashboard = JSON.parse(filesFor("grafana", config)["troupe.json"] ?? "");

test("rules and dashboard of the compose file are those that the command makes", () => {
  expect(shipped("deploy/prometheus/rules.yml")).toBe(prometheus["rules.yml"]);
  expect(JSON.parse(shipped("deploy/grafana/dashboards/troupe.json"))).toEqual(dashboard);
});

test("panels read metrics that nodes have, by the page that lists them", () => {
  const page = shipped("docs/telemetry.md");
  const names = (JSON.stringify(dashboard).match(/\b(troupe|process)_[a-z_]+/g) ?? [])
    .map((name) => name.replace(/_bucket$/, ""))
    .filter((name) => !["troupe_protocol", "troupe_message"].includes(name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test("the compose file scrapes the nodes that it starts, each with a secret of its own", () => {
  const { services, secrets } = parse(shipped("docker-compose.yml"), { merge: true });
  const nodes = Object.keys(services).filter((name) => services[name].image === "troupe-node");
  expect(nodes).toEqual(["n1", "n2", "n3"]);
  const [job] = parse(shipped("deploy/prometheus/prometheus.yml")).scrape_configs;
  expect(job.static_configs[0].targets).toEqual(nodes.map((node) => `${node}:9464`));
  for (const [name, service] of Object.entries<{ readonly secrets?: { source: string }[] }>(
    services,
  )) {
    for (const { source } of service.secrets ?? []) expect(secrets, name).toHaveProperty(source);
  }
});

let promtool = true;
try {
  execFileSync("promtool", ["--version"], { stdio: "ignore" });
} catch {
  promtool = false;
  console.error("SKIPPED, there is no promtool to check what Prometheus is told");
}

test.skipIf(!promtool)("promtool finds nothing wrong, and an alert fires when it should", () => {
  for (const [name, text] of Object.entries(prometheus)) writeFileSync(join(directory, name), text);
  const run = (...args: string[]): string =>
    execFileSync("promtool", args, { cwd: directory, encoding: "utf8", stdio: "pipe" });
  // Debian's promtool is built without finding pods of Kubernetes: the rest is held to it.
  const found = parse(prometheus["prometheus.yml"] ?? "");
  const [job] = found.scrape_configs;
  expect(job.kubernetes_sd_configs).toEqual([{ role: "pod", namespaces: { names: ["troupe"] } }]);
  const { kubernetes_sd_configs: _, ...rest } = job;
  writeFileSync(join(directory, "rest.yml"), stringify({ ...found, scrape_configs: [rest] }));
  expect(run("check", "config", "rest.yml")).toContain("SUCCESS");
  const composed = join(root, "deploy/prometheus/prometheus.yml");
  expect(run("check", "config", composed)).toContain("SUCCESS");
  expect(run("check", "rules", "rules.yml")).toContain("SUCCESS");
  const unhealthy = (values: string, firing: number) => ({
    interval: "15s",
    input_series: [{ series: 'troupe_health_score{instance="n1"}', values }],
    promql_expr_test: [
      {
        expr: 'count(ALERTS{alertname="NodeUnhealthy",alertstate="firing"}) or vector(0)',
        eval_time: "10m",
        exp_samples: [{ labels: "{}", value: firing }],
      },
    ],
  });
  const cases = {
    rule_files: ["rules.yml"],
    tests: [unhealthy("30x80", 1), unhealthy("95x80", 0)],
  };
  writeFileSync(join(directory, "test.yml"), JSON.stringify(cases));
  expect(run("test", "rules", "test.yml")).toContain("SUCCESS");
});
