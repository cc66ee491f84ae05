import { stringify } from "yaml";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { namesOf, nodeLabels } from "../kubernetes/names.ts";

/** Configuration of a Prometheus without operator: it finds the pods of the nodes and goes by rules.yml beside it. */
export function prometheusConfig(config: DeploymentConfig): string {
  const found = Object.entries(nodeLabels(config)).map(([label, value]) => ({
    source_labels: [`__meta_kubernetes_pod_label_${label.replaceAll(/[^A-Za-z0-9]/g, "_")}`],
    regex: value,
    action: "keep",
  }));
  return scraping({
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [config.namespace] } }],
    relabel_configs: [
      ...found,
      {
        source_labels: ["__meta_kubernetes_pod_container_port_name"],
        regex: namesOf(config).metricsPort,
        action: "keep",
      },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "instance" },
    ],
  });
}

/** Configuration of a Prometheus that scrapes the nodes named, each as `host:port`. */
export function staticPrometheusConfig(targets: readonly string[]): string {
  return scraping({
    static_configs: targets.map((target) => ({
      targets: [target],
      labels: { instance: target.replace(/:\d+$/, "") },
    })),
  });
}

function scraping(how: Readonly<Record<string, unknown>>): string {
  return stringify({
    global: { scrape_interval: "15s", evaluation_interval: "15s" },
    rule_files: ["rules.yml"],
    scrape_configs: [{ job_name: "troupe-node", ...how }],
  });
}
