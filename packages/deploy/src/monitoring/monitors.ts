import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { defaultRules, prometheusRules } from "@troupe/telemetry";
import { parse } from "yaml";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { metadataOf, namesOf, nodeLabels } from "../kubernetes/names.ts";

/** What tells Prometheus' operator to scrape the nodes, and when to raise an alert. */
export function monitors(config: DeploymentConfig) {
  const names = namesOf(config);
  return [
    new PodMonitor({
      metadata: metadataOf(config, names.node),
      spec: {
        selector: { matchLabels: nodeLabels(config) },
        podMetricsEndpoints: [{ port: names.metricsPort, path: "/metrics", interval: "15s" }],
      },
    }),
    new PrometheusRule({
      metadata: metadataOf(config, names.node),
      spec: parse(alertRules()),
    }),
  ];
}

/** The rules that every node goes by itself, for a Prometheus that scrapes the nodes. */
export function alertRules(): string {
  return prometheusRules(defaultRules);
}
