import { stringify } from "yaml";
import { referenceProblems } from "./checks/reference-problems.ts";
import { type KubernetesObject, schemaProblems } from "./checks/schema-problems.ts";
import { composeFiles } from "./compose/compose-files.ts";
import type { DeploymentConfig } from "./config/deployment-config.ts";
import { InvalidDeploymentError } from "./errors.ts";
import { consoleTraffic } from "./istio/console-traffic.ts";
import { namesOf } from "./kubernetes/names.ts";
import { kubernetesObjects } from "./kubernetes/objects.ts";
import { grafanaDashboard } from "./monitoring/grafana-dashboard.ts";
import { alertRules } from "./monitoring/monitors.ts";
import { prometheusConfig } from "./monitoring/prometheus-config.ts";

/** What files can be made for. */
export const targets = ["compose", "kubernetes", "istio", "prometheus", "grafana"] as const;
/** One of them. */
export type Target = (typeof targets)[number];

/**
 * The files for a target, by their paths. Objects of Kubernetes and Istio are held to their schemas and to each other first.
 *
 * @throws InvalidDeploymentError when something does not fit, with all of it
 */
export function filesFor(
  target: Target,
  config: DeploymentConfig,
): Readonly<Record<string, string>> {
  const kubernetes = kubernetesObjects(config);
  const mesh = consoleTraffic(config);
  check(config, [...kubernetes, ...mesh]);
  switch (target) {
    case "compose":
      return composeFiles(config);
    case "kubernetes":
      return { "troupe.yaml": rendered(kubernetes) };
    case "istio":
      return { "console.yaml": rendered(mesh) };
    case "prometheus":
      return { "prometheus.yml": prometheusConfig(config), "rules.yml": alertRules() };
    case "grafana":
      return { "troupe.json": grafanaDashboard() };
  }
}

function check(config: DeploymentConfig, objects: readonly KubernetesObject[]): void {
  const surroundings = { secrets: [namesOf(config).users] };
  const problems = [
    ...schemaProblems(objects),
    ...referenceProblems(objects.map(dataOf), surroundings),
  ];
  if (problems.length > 0) throw new InvalidDeploymentError("the deployment", problems);
}

function rendered(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => stringify(dataOf(object))).join("---\n");
}

function dataOf(object: KubernetesObject): unknown {
  return JSON.parse(JSON.stringify(object));
}
