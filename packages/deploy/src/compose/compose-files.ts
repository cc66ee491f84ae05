import type { DeploymentConfig } from "../config/deployment-config.ts";
import { grafanaDashboard } from "../monitoring/grafana-dashboard.ts";
import { dashboardProvider, datasources } from "../monitoring/grafana-provisioning.ts";
import { alertRules } from "../monitoring/monitors.ts";
import { staticPrometheusConfig } from "../monitoring/prometheus-config.ts";
import { composeFile, composeNodes, composeTlsFile } from "./compose-file.ts";
import { natsConf } from "./nats-conf.ts";

/** Everything that `docker compose` reads, but the secrets. */
export function composeFiles(config: DeploymentConfig): Readonly<Record<string, string>> {
  const targets = composeNodes(config).map((node) => `${node}:${config.monitoring.port}`);
  return {
    "docker-compose.yml": composeFile(config),
    "docker-compose.tls.yml": composeTlsFile(config),
    "nats.conf": natsConf,
    "deploy/prometheus/prometheus.yml": staticPrometheusConfig(targets),
    "deploy/prometheus/rules.yml": alertRules(),
    "deploy/grafana/provisioning/dashboards/troupe.yml": dashboardProvider,
    "deploy/grafana/provisioning/datasources/prometheus.yml": datasources,
    "deploy/grafana/dashboards/troupe.json": grafanaDashboard(),
  };
}
