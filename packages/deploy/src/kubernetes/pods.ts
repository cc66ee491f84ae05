import type { DeploymentConfig } from "../config/deployment-config.ts";
import { namesOf, type PodLabels } from "./names.ts";

const userId = 1000;
const authorityPath = "/run/secrets/ca.pem";
const usersVolume = "users";

/** What a pod is denied: rights of Kubernetes, and to run as root. */
export const podSecurity = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    seccompProfile: { type: "RuntimeDefault" as const },
  },
};

/** What a container is denied: to gain rights, and to write where no volume is. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Pods over zones and machines, as far as there are any. */
export function spread(labels: PodLabels) {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway" as const,
    labelSelector: { matchLabels: labels },
  }));
}

/** Whether a path of a process answers. */
export function probe(
  path: string,
  port: string,
  { period, failures }: { readonly period: number; readonly failures: number },
) {
  return {
    httpGet: { path, port },
    periodSeconds: period,
    failureThreshold: failures,
    timeoutSeconds: 5,
  };
}

/** The volume with the files of all users. */
export function usersOf(config: DeploymentConfig) {
  return {
    name: usersVolume,
    secret: { secretName: namesOf(config).users, defaultMode: 0o440 },
  };
}

/** A pod sees its own user's file only; with TLS also whom to trust. */
export function userMounts(
  { nats }: DeploymentConfig,
  file: { readonly subPath: string } | { readonly subPathExpr: string },
) {
  const own = { name: usersVolume, mountPath: "/run/secrets/troupe.env", readOnly: true, ...file };
  const authority = {
    name: usersVolume,
    mountPath: authorityPath,
    readOnly: true,
    subPath: "ca.pem",
  };
  return nats.tls ? [own, authority] : [own];
}

/** With TLS: where a process finds whom to trust. */
export function trust({ nats }: DeploymentConfig) {
  return nats.tls ? [{ name: "NODE_EXTRA_CA_CERTS", value: authorityPath }] : [];
}
