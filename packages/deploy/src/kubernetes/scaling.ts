import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { goalConsumerName, streamName } from "@troupe/nats";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { metadataOf, namesOf } from "./names.ts";

/** Nodes go one by one, after a while: each hands its goals over. */
const scaleDown = {
  stabilizationWindowSeconds: 300,
  policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
};

/** What adds and removes nodes: one autoscaler, since two would fight over the same number. */
export function scaling(config: DeploymentConfig) {
  const { nodes } = config;
  return nodes.scaling === "keda" ? scaledByGoals(config) : scaledByUse(config);
}

function scaledByUse(config: DeploymentConfig) {
  const { min, max, cpuPercent, memoryPercent } = config.nodes;
  const names = namesOf(config);
  const metric = (name: string, averageUtilization: number) => ({
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  });
  return new HorizontalPodAutoscaler({
    metadata: metadataOf(config, names.node),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: names.node },
      minReplicas: min,
      maxReplicas: max,
      metrics: [metric("cpu", cpuPercent), metric("memory", memoryPercent)],
      behavior: { scaleDown },
    },
  });
}

function scaledByGoals(config: DeploymentConfig) {
  const { min, max, cpuPercent, memoryPercent, goalsPerNode } = config.nodes;
  const names = namesOf(config);
  const use = (type: string, percent: number) => ({
    type,
    metricType: "Utilization" as const,
    metadata: { value: String(percent) },
  });
  return new ScaledObject({
    metadata: metadataOf(config, names.node),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: names.node },
      minReplicaCount: min,
      maxReplicaCount: max,
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown } } },
      triggers: [
        {
          type: "nats-jetstream",
          metadata: {
            natsServerMonitoringEndpoint: config.nats.monitoring,
            account: config.tenant,
            stream: streamName(config.prefix, "goals"),
            consumer: goalConsumerName(config.prefix),
            lagThreshold: String(goalsPerNode),
          },
        },
        use("cpu", cpuPercent),
        use("memory", memoryPercent),
      ],
    },
  });
}
