import type { DeploymentConfig } from "../config/deployment-config.ts";
import { monitors } from "../monitoring/monitors.ts";
import { consoleSet } from "./console.ts";
import { nodeSet } from "./node-set.ts";
import { protection } from "./protection.ts";
import { scaling } from "./scaling.ts";

/** Everything that runs nodes and console on Kubernetes. The users' Secret is not among it: it is made from files nobody else sees. */
export function kubernetesObjects(config: DeploymentConfig) {
  return [
    ...protection(config),
    ...nodeSet(config),
    scaling(config),
    ...consoleSet(config),
    ...monitors(config),
  ];
}
