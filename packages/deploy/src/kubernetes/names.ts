import type { DeploymentConfig } from "../config/deployment-config.ts";

/** Names that several objects refer to each other by. */
export function namesOf({ name }: DeploymentConfig) {
  return {
    node: `${name}-node`,
    settings: `${name}-node`,
    account: `${name}-node`,
    data: `${name}-data`,
    /** Made from the files of `troupe secrets init`. */
    users: `${name}-users`,
    console: `${name}-console`,
    metricsPort: "metrics",
    consolePort: "http",
  } as const;
}

/** Labels by which an object's pods are found. */
export type PodLabels = Readonly<Record<string, string>>;

/** Of the nodes. */
export function nodeLabels({ name }: DeploymentConfig): PodLabels {
  return { "app.kubernetes.io/name": "troupe-node", "app.kubernetes.io/instance": name };
}

/** Of the console. */
export function consoleLabels({ name }: DeploymentConfig): PodLabels {
  return { "app.kubernetes.io/name": "troupe-console", "app.kubernetes.io/instance": name };
}

/** What every object is called and belongs to; by default to the nodes. */
export function metadataOf(config: DeploymentConfig, name: string, of = nodeLabels(config)) {
  const labels = { ...of, "app.kubernetes.io/part-of": "troupe" };
  return { name, namespace: config.namespace, labels };
}
