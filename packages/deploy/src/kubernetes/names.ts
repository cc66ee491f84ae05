import type { DeploymentConfig } from "../config/deployment-config.ts";

/** Names that several objects refer to each other by. */
export function namesOf({ name, console }: DeploymentConfig) {
  return {
    node: `${name}-node`,
    settings: `${name}-node`,
    account: `${name}-node`,
    data: `${name}-data`,
    /** Made from the files of `troupe secrets init`. */
    users: `${name}-users`,
    console: console.service ?? `${name}-console`,
    metricsPort: "metrics",
  } as const;
}

/** Labels by which an object's pods are found. */
export function nodeLabels({ name }: DeploymentConfig) {
  return { "app.kubernetes.io/name": "troupe-node", "app.kubernetes.io/instance": name };
}

/** What every object is called and belongs to. */
export function metadataOf(config: DeploymentConfig, name: string) {
  const labels = { ...nodeLabels(config), "app.kubernetes.io/part-of": "troupe" };
  return { name, namespace: config.namespace, labels };
}
