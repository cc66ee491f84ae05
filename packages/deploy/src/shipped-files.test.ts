import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readDeployment } from "./config/read-deployment.ts";
import { writeSecrets } from "./secrets/write-secrets.ts";
import { filesFor } from "./targets.ts";

const root = join(import.meta.dirname, "../../..");
const shipped = (path: string): string => readFileSync(join(root, path), "utf8");
const directory = mkdtempSync(join(tmpdir(), "troupe-deploy-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const config = readDeployment("");
const prometheus = filesFor("prometheus", config);
const dashboard = JSON.parse(filesFor("grafana", config)["troupe.json"] ?? "");

const composed = filesFor("compose", readDeployment(shipped("deploy/compose.yaml")));

test.each(Object.entries(composed))(
  "%s is what the command makes of deploy/compose.yaml",
  (path, text) => {
    // The formatter has its own way with JSON.
    if (path.endsWith(".json")) expect(JSON.parse(shipped(path))).toEqual(JSON.parse(text));
    else expect(shipped(path)).toBe(text);
  },
);

test("panels read metrics that nodes have, by the page that lists them", () => {
  const page = shipped("docs/telemetry.md");
  const { panels } = dashboard as { panels: { targets: { expr: string }[] }[] };
  const names = panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr))
    // What is named in parentheses after `by`, in braces and in quotes are labels.
    .map((expr) => expr.replace(/by \([^)]*\)|\{[^}]*\}|"[^"]*"/g, ""))
    .flatMap((expr) => expr.match(/\b(troupe|process)_[a-z_]+/g) ?? [])
    .map((name) => name.replace(/_(bucket|count)$/, ""));
  expect(names).toEqual(
    expect.arrayContaining([
      "troupe_coordination_duration_seconds",
      "troupe_coordination_notices_total",
    ]),
  );
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test.each([
  ["", ["n1", "n2", "n3"]],
  ["compose: { nodes: 2 }\ntenant: acme\nmonitoring: { port: 9000 }\nprefix: acme", ["n1", "n2"]],
])(
  "a compose file scrapes the nodes that it starts, each with a secret of its own: %j",
  (text, names) => {
    const described = readDeployment(text);
    const files = filesFor("compose", described);
    const { services, secrets } = parse(files["docker-compose.yml"] ?? "", { merge: true });
    const nodes = Object.keys(services).filter((name) => services[name].image === described.image);
    expect(nodes).toEqual(names);
    const [job] = parse(files["deploy/prometheus/prometheus.yml"] ?? "").scrape_configs;
    const targets = job.static_configs.map((one: { targets: string[] }) => one.targets[0]);
    expect(targets).toEqual(nodes.map((node) => `${node}:${described.monitoring.port}`));
    const own: string[] = [];
    for (const [name, service] of Object.entries<{ readonly secrets?: { source: string }[] }>(
      services,
    )) {
      for (const { source } of service.secrets ?? []) {
        expect(secrets, name).toHaveProperty([source]);
        own.push(source);
      }
    }
    expect(new Set(own).size).toBe(own.length);
    const tls = parse(files["docker-compose.tls.yml"] ?? "").services;
    expect(Object.keys(tls)).toEqual([...nodes, "console"]);
  },
);

test("containers of a compose file are held as those of Kubernetes are", () => {
  const text = "nodes: { memory: { limit: 1536Mi }, cpu: { limit: 1500m } }";
  const { services } = parse(
    filesFor("compose", readDeployment(text))["docker-compose.yml"] ?? "",
    {
      merge: true,
    },
  );
  expect(services.n1).toMatchObject({ mem_limit: 1536 * 1024 ** 2, cpus: 1.5 });
  for (const [name, service] of Object.entries(services)) {
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      mem_limit: expect.anything(),
    });
  }
});

const natsServer = process.env["TROUPE_NATS_SERVER"] || "nats-server";
let natsVersion: string | undefined;
try {
  natsVersion = execFileSync(natsServer, ["--version"], { encoding: "utf8" });
} catch {
  console.error("SKIPPED, there is no nats-server to check nats.conf with");
}

test.skipIf(natsVersion === undefined)(
  "nats-server finds nothing wrong with nats.conf, and would",
  async () => {
    const folder = join(directory, "nats");
    mkdirSync(folder);
    await writeSecrets({ directory: join(folder, "secrets"), tenants: [{ name: "main" }] });
    const old = /v2\.\d\./.test(natsVersion ?? "");
    const text = composed["nats.conf"] ?? "";
    // Servers before 2.10 do not know of syncing, and refuse what they do not know.
    writeFileSync(
      join(folder, "nats.conf"),
      old ? text.replace("sync_interval: always", "") : text,
    );
    const check = (): unknown =>
      execFileSync(natsServer, ["-t", "--config", "nats.conf"], { cwd: folder, stdio: "pipe" });
    check();
    writeFileSync(join(folder, "nats.conf"), `${text}\nmax_paylod: 1MB\n`);
    expect(check).toThrow(/max_paylod|unknown field/);
  },
);

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
  expect(run("check", "config", join(root, "deploy/prometheus/prometheus.yml"))).toContain(
    "SUCCESS",
  );
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
