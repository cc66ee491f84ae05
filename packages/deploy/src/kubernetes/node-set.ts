import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Service } from "kubernetes-models/v1/Service";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { metadataOf, namesOf, nodeLabels } from "./names.ts";
import {
  containerSecurity,
  podSecurity,
  probe,
  spread,
  trust,
  userMounts,
  usersOf,
} from "./pods.ts";

/** A node gives its goals away within 10 s; the rest is for the platform. */
const graceSeconds = 30;

/** The nodes: a StatefulSet, since each has a name and a user of its own, and what it needs around it. */
export function nodeSet(config: DeploymentConfig) {
  const names = namesOf(config);
  const { port } = config.monitoring;
  return [
    new ConfigMap({ metadata: metadataOf(config, names.settings), data: settingsOf(config) }),
    new PersistentVolumeClaim({
      metadata: metadataOf(config, names.data),
      spec: {
        accessModes: ["ReadWriteMany"],
        resources: { requests: { storage: config.data.size } },
        ...(config.data.storageClass === undefined
          ? {}
          : { storageClassName: config.data.storageClass }),
      },
    }),
    new Service({
      metadata: metadataOf(config, names.node),
      spec: {
        clusterIP: "None",
        selector: nodeLabels(config),
        ports: [{ name: names.metricsPort, port, targetPort: names.metricsPort }],
      },
    }),
    new StatefulSet({
      metadata: metadataOf(config, names.node),
      spec: {
        serviceName: names.node,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: nodeLabels(config) },
        template: { metadata: { labels: nodeLabels(config) }, spec: podOf(config) },
      },
    }),
  ];
}

function settingsOf({ prefix, monitoring }: DeploymentConfig): Record<string, string> {
  return {
    TROUPE_PREFIX: prefix,
    TROUPE_METRICS_PORT: String(monitoring.port),
    TROUPE_METRICS_HOST: "0.0.0.0",
    ...(monitoring.otlp === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: monitoring.otlp }),
  };
}

function podOf(config: DeploymentConfig) {
  const names = namesOf(config);
  const { cpu, memory } = config.nodes;
  return {
    serviceAccountName: names.account,
    ...podSecurity,
    terminationGracePeriodSeconds: graceSeconds,
    topologySpreadConstraints: spread(nodeLabels(config)),
    containers: [
      {
        name: "node",
        image: config.image,
        envFrom: [{ configMapRef: { name: names.settings } }],
        env: [
          { name: "TROUPE_NODE", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          ...trust(config),
        ],
        ports: [{ name: names.metricsPort, containerPort: config.monitoring.port }],
        resources: {
          requests: { cpu: cpu.request, memory: memory.request },
          limits: { cpu: cpu.limit, memory: memory.limit },
        },
        startupProbe: probe("/healthz", names.metricsPort, { period: 2, failures: 60 }),
        livenessProbe: probe("/healthz", names.metricsPort, { period: 10, failures: 3 }),
        readinessProbe: probe("/readyz", names.metricsPort, { period: 5, failures: 2 }),
        securityContext: containerSecurity,
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "scratch", mountPath: "/tmp" },
          ...userMounts(config, { subPathExpr: `${config.tenant}-$(TROUPE_NODE).env` }),
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: names.data } },
      { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
      usersOf(config),
    ],
  };
}
