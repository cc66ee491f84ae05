import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { peopleVariables } from "../config/people.ts";
import { consoleLabels, metadataOf, namesOf } from "./names.ts";
import {
  containerSecurity,
  podSecurity,
  probe,
  spread,
  trust,
  userMounts,
  usersOf,
} from "./pods.ts";

/** Port that a console listens on in its container. */
export const consolePort = 4280;
/** Needs no login, and is there as soon as NATS was reached. */
const probed = "/api/session";

/** The HTTP console: a Deployment, since any may take the place of another, and its Service. */
export function consoleSet(config: DeploymentConfig) {
  const names = namesOf(config);
  const labels = consoleLabels(config);
  const { port, replicas } = config.console;
  const metadata = metadataOf(config, names.console, labels);
  return [
    new ServiceAccount({ metadata, automountServiceAccountToken: false }),
    new Service({
      metadata,
      spec: {
        selector: labels,
        // A session is known to one console only. In a mesh a cookie sees to it.
        sessionAffinity: "ClientIP",
        ports: [{ name: names.consolePort, port, targetPort: names.consolePort }],
      },
    }),
    // With a single one a budget would only keep machines from being emptied.
    ...(replicas === 1
      ? []
      : [
          new PodDisruptionBudget({
            metadata,
            spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
          }),
        ]),
    new Deployment({
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels: { ...labels, "sidecar.istio.io/inject": "true" },
            annotations: {
              // In NATS the server speaks first, which a proxy that looks for HTTP would wait for in vain.
              "traffic.sidecar.istio.io/excludeOutboundPorts": String(config.nats.port),
            },
          },
          spec: podOf(config),
        },
      },
    }),
  ];
}

function people({ console: { people: known, host } }: DeploymentConfig) {
  const variables = Object.entries(peopleVariables(known, `https://${host}`));
  return variables.map(([name, value]) => ({ name, value }));
}

function podOf(config: DeploymentConfig) {
  const names = namesOf(config);
  const port = names.consolePort;
  return {
    serviceAccountName: names.console,
    ...podSecurity,
    topologySpreadConstraints: spread(consoleLabels(config)),
    containers: [
      {
        name: "console",
        image: config.console.image,
        env: [{ name: "TROUPE_PREFIX", value: config.prefix }, ...people(config), ...trust(config)],
        ports: [{ name: port, containerPort: consolePort }],
        resources: {
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { cpu: "1", memory: "512Mi" },
        },
        startupProbe: probe(probed, port, { period: 2, failures: 60 }),
        livenessProbe: probe(probed, port, { period: 10, failures: 3 }),
        readinessProbe: probe(probed, port, { period: 5, failures: 2 }),
        securityContext: containerSecurity,
        volumeMounts: userMounts(config, { subPath: `${config.tenant}-console.env` }),
      },
    ],
    volumes: [usersOf(config)],
  };
}
