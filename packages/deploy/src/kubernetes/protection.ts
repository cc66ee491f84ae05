import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { consolePort } from "./console.ts";
import { consoleLabels, metadataOf, namesOf, nodeLabels } from "./names.ts";

/** Where the console's proxy gets its certificates from. */
const meshNamespace = "istio-system";
const meshControlPort = 15_012;
const namespaceLabel = "kubernetes.io/metadata.name";

/** What nodes may reach, who may reach them, how many may be away, and who may look after them. */
export function protection(config: DeploymentConfig) {
  const names = namesOf(config);
  const keys = config.console.people?.token?.keys;
  return [
    // Nodes ask nothing of Kubernetes: the account has no rights and no token is mounted.
    new ServiceAccount({
      metadata: metadataOf(config, names.account),
      automountServiceAccountToken: false,
    }),
    new PodDisruptionBudget({
      metadata: metadataOf(config, names.node),
      spec: { maxUnavailable: 1, selector: { matchLabels: nodeLabels(config) } },
    }),
    new NetworkPolicy({
      metadata: metadataOf(config, names.node),
      spec: {
        podSelector: { matchLabels: nodeLabels(config) },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [within(config.monitoring.namespace)], ports: [tcp(config.monitoring.port)] },
        ],
        egress: [
          ...natsAndNames(config),
          ...(config.monitoring.otlp === undefined
            ? []
            : [{ ports: [tcp(portOf(config.monitoring.otlp))] }]),
        ],
      },
    }),
    new NetworkPolicy({
      metadata: metadataOf(config, names.console, consoleLabels(config)),
      spec: {
        podSelector: { matchLabels: consoleLabels(config) },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [within(gatewayNamespace(config))], ports: [tcp(consolePort)] }],
        egress: [
          ...natsAndNames(config),
          { to: [within(meshNamespace)], ports: [tcp(meshControlPort)] },
          // The keys of who signs tokens lie wherever that is.
          ...(keys === undefined ? [] : [{ ports: [tcp(portOf(keys))] }]),
        ],
      },
    }),
    ...(config.operators.length === 0 ? [] : operators(config)),
  ];
}

function operators(config: DeploymentConfig) {
  const name = `${config.name}-operators`;
  const look = ["get", "list", "watch"];
  const apiGroup = "rbac.authorization.k8s.io";
  return [
    new Role({
      metadata: metadataOf(config, name),
      rules: [
        { apiGroups: [""], resources: ["pods", "pods/log", "events"], verbs: look },
        { apiGroups: ["apps"], resources: ["statefulsets"], verbs: look },
        { apiGroups: ["apps"], resources: ["statefulsets/scale"], verbs: ["get", "patch"] },
      ],
    }),
    new RoleBinding({
      metadata: metadataOf(config, name),
      roleRef: { apiGroup, kind: "Role", name },
      subjects: config.operators.map((group) => ({ apiGroup, kind: "Group", name: group })),
    }),
  ];
}

function natsAndNames({ nats }: DeploymentConfig) {
  return [
    { to: [within(nats.namespace)], ports: [tcp(nats.port)] },
    { to: [within("kube-system")], ports: [tcp(53), { protocol: "UDP" as const, port: 53 }] },
  ];
}

/** A gateway without a namespace lies in that of the console. */
function gatewayNamespace({ namespace, console }: DeploymentConfig): string {
  const [first = "", name] = console.gateway.split("/");
  return name === undefined ? namespace : first;
}

function within(namespace: string) {
  return { namespaceSelector: { matchLabels: { [namespaceLabel]: namespace } } };
}

function tcp(port: number) {
  return { protocol: "TCP" as const, port };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
