import type { DeploymentConfig } from "../config/deployment-config.ts";
import { peopleVariables } from "../config/people.ts";
import { consolePort } from "../kubernetes/console.ts";

/** The file for `docker compose` that runs a whole deployment on one machine. */
export function composeFile(config: DeploymentConfig): string {
  return `${[
    head(config),
    nats,
    ...composeNodes(config).map((node) => nodeService(config, node)),
    consoleService(config),
    observers,
    volumes,
    secretsOf(config),
  ].join("\n")}`;
}

/** To be given besides the other one, for secrets that were made with TLS. */
export function composeTlsFile(config: DeploymentConfig): string {
  const services = [...composeNodes(config), "console"].map((name) => `  ${name}: *trust\n`);
  return `# Over docker-compose.yml, for secrets made with --tls: docker compose -f docker-compose.yml -f docker-compose.tls.yml up
x-trust: &trust
  environment: { NODE_EXTRA_CA_CERTS: /run/secrets/ca.pem }
  secrets: [{ source: authority, target: ca.pem }]

services:
${services.join("")}
secrets:
  authority: { file: ./secrets/ca.pem }
`;
}

/** Names of the nodes, as \`troupe secrets init\` numbers them. */
export function composeNodes({ compose }: DeploymentConfig): readonly string[] {
  return Array.from({ length: compose.nodes }, (_, at) => `n${at + 1}`);
}

function head(config: DeploymentConfig): string {
  const { prefix, nodes, monitoring, image, compose } = config;
  const up = compose.build === undefined ? "up" : "up --build";
  return `# A whole deployment on one machine, made by troupe deploy --target compose.
# First: troupe secrets init. Then: docker compose ${up}
# Everything that is published is published to this machine only.
x-node: &node
${built(config, "services/node/Dockerfile")}  image: ${JSON.stringify(image)}
  restart: on-failure
  read_only: true
  tmpfs: ["/tmp"]
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  # A node gives its goals away within 10 s.
  stop_grace_period: 15s
  mem_limit: ${bytesOf(nodes.memory.limit)}
  cpus: ${processorsOf(nodes.cpu.limit)}
  depends_on: { nats: { condition: service_healthy } }
  volumes:
    - "data:/data"
    - "\${TROUPE_SOURCES:-./sources}:/sources:ro"

x-node-environment: &node-environment
  TROUPE_PREFIX: ${JSON.stringify(prefix)}
  TROUPE_SOURCES: /sources
  TROUPE_METRICS_PORT: "${monitoring.port}"
  OTEL_EXPORTER_OTLP_ENDPOINT: "\${OTEL_EXPORTER_OTLP_ENDPOINT:-${monitoring.otlp ?? "http://jaeger:4318"}}"
${config.monitoring.otlp === undefined ? "  # Jaeger takes spans only; Prometheus reads the metrics.\n" : ""}  OTEL_METRICS_EXPORTER: "\${OTEL_METRICS_EXPORTER:-${config.monitoring.otlp === undefined ? "none" : "otlp"}}"

services:`;
}

const nats = `  nats:
    image: "\${NATS_IMAGE:-nats:2.14.0-alpine}"
    command: ["nats-server", "--config", "nats.conf"]
    working_dir: /etc/nats
    restart: on-failure
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    # Clients are asked to move for 30 s before it ends.
    stop_signal: SIGUSR2
    stop_grace_period: 40s
    mem_limit: 1g
    ports: ["127.0.0.1:\${NATS_PORT:-4222}:4222"]
    volumes:
      - "./nats.conf:/etc/nats/nats.conf:ro"
      - "./secrets/nats:/etc/nats/secrets/nats:ro"
      - "streams:/data"
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "-", "http://127.0.0.1:8222/healthz"]
      interval: 5s
      timeout: 3s
      retries: 12
`;

function nodeService({ tenant }: DeploymentConfig, node: string): string {
  return `  ${node}:
    <<: *node
    hostname: ${node}
    environment: *node-environment
    secrets: [{ source: ${tenant}-${node}, target: troupe.env }]
`;
}

function consoleService(config: DeploymentConfig): string {
  return `  console:
${built(config, "services/console/Dockerfile", "    ")}    image: ${JSON.stringify(config.console.image)}
    restart: on-failure
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 512m
    depends_on: { nats: { condition: service_healthy } }
    ports: ["127.0.0.1:\${CONSOLE_PORT:-${consolePort}}:${consolePort}"]
    environment: ${consoleEnvironment(config)}
    secrets: [{ source: ${config.tenant}-console, target: troupe.env }]
`;
}

function consoleEnvironment({ prefix, console: { people } }: DeploymentConfig): string {
  const variables = { TROUPE_PREFIX: prefix, ...peopleVariables(people, undefined) };
  // A dollar would begin the name of a variable.
  const pairs = Object.entries(variables).map(
    ([name, value]) => `${name}: ${JSON.stringify(value.replaceAll("$", "$$$$"))}`,
  );
  return `{ ${pairs.join(", ")} }`;
}

const observers = `  jaeger:
    image: "\${JAEGER_IMAGE:-jaegertracing/jaeger:2.9.0}"
    restart: on-failure
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 1g
    ports: ["127.0.0.1:\${JAEGER_PORT:-16686}:16686"]

  prometheus:
    image: "\${PROMETHEUS_IMAGE:-prom/prometheus:v3.5.0}"
    restart: on-failure
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 1g
    ports: ["127.0.0.1:\${PROMETHEUS_PORT:-9090}:9090"]
    volumes:
      - "./deploy/prometheus:/etc/prometheus:ro"
      - "metrics:/prometheus"

  grafana:
    image: "\${GRAFANA_IMAGE:-grafana/grafana:12.1.0}"
    restart: on-failure
    read_only: true
    tmpfs: ["/tmp"]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 512m
    ports: ["127.0.0.1:\${GRAFANA_PORT:-3000}:3000"]
    environment:
      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana
      GF_ANALYTICS_REPORTING_ENABLED: "false"
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
    secrets: [{ source: grafana-admin, target: grafana }]
    volumes:
      - "./deploy/grafana/provisioning:/etc/grafana/provisioning:ro"
      - "./deploy/grafana/dashboards:/etc/grafana/dashboards:ro"
      - "boards:/var/lib/grafana"
`;

const volumes = `volumes:
  data: {}
  streams: {}
  metrics: {}
  boards: {}
`;

function secretsOf(config: DeploymentConfig): string {
  const users = [...composeNodes(config), "console"].map((own) => `${config.tenant}-${own}`);
  return `secrets:
${users.map((user) => `  ${user}: { file: ./secrets/${user}.env }\n`).join("")}  grafana-admin: { file: ./secrets/grafana-admin }
`;
}

function built({ compose }: DeploymentConfig, dockerfile: string, indent = "  "): string {
  if (compose.build === undefined) return "";
  return ["build:", `  context: ${JSON.stringify(compose.build)}`, `  dockerfile: ${dockerfile}`]
    .map((line) => `${indent}${line}\n`)
    .join("");
}

const units: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** An amount of memory as Kubernetes has it, in bytes: Docker knows no `Gi`. */
function bytesOf(quantity: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)(Mi|Gi|Ti)?$/.exec(quantity) ?? [];
  return Math.round(Number(number) * (units[unit] ?? 1));
}

/** Processors as Kubernetes has them, as a number. */
function processorsOf(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}
