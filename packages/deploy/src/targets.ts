import { stringify } from "yaml";
import { referenceProblems } from "./checks/reference-problems.ts";
import { type KubernetesObject, schemaProblems } from "./checks/schema-problems.ts";
import type { DeploymentConfig } from "./config/deployment-config.ts";
import { InvalidDeploymentError } from "./errors.ts";
import { consoleTraffic } from "./istio/console-traffic.ts";
import { namesOf } from "./kubernetes/names.ts";
import { kubernetesObjects } from "./kubernetes/objects.ts";
import { grafanaDashboard } from "./monitoring/grafana-dashboard.ts";
import { alertRules } from "./monitoring/monitors.ts";
import { prometheusConfig } from "./monitoring/prometheus-config.ts";

/** What files can be made for. */
export const targets = ["kubernetes", "istio", "prometheus", "grafana"] as const;
/** One of them. */
export type Target = (typeof targets)[number];

/**
 * The files for a target, by name. Objects of Kubernetes and Istio are held to their schemas and to each other first.
 *
 * @throws InvalidDeploymentError when something does not fit, with all of it
 */
export function filesFor(
  target: Target,
  config: DeploymentConfig,
): Readonly<Record<string, string>> {
  switch (target) {
    case "kubernetes":
      return { "troupe.yaml": rendered(config, kubernetesObjects(config)) };
    case "istio":
      return { "console.yaml": rendered(config, consoleTraffic(config)) };
    case "prometheus":
      return { "prometheus.yml": prometheusConfig(config), "rules.yml": alertRules() };
    case "grafana":
      return { "troupe.json": grafanaDashboard() };
  }
}

function rendered(config: DeploymentConfig, objects: readonly KubernetesObject[]): string {
  const documents = objects.map((object): unknown => JSON.parse(JSON.stringify(object)));
  const { users, console } = namesOf(config);
  const surroundings = {
    secrets: [users],
    services: [`${console}.${config.namespace}.svc.cluster.local`],
  };
  const problems = [...schemaProblems(objects), ...referenceProblems(documents, surroundings)];
  if (problems.length > 0) throw new InvalidDeploymentError("the deployment", problems);
  return documents.map((document) => stringify(document)).join("---\n");
}
