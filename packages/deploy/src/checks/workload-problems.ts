import {
  amountOf,
  type Container,
  type Found,
  hasPort,
  matches,
  titleOf,
  type Workload,
} from "./described.ts";

/** What is wrong with the pods that an object makes, and with what they refer to. */
export function workloadProblems({ object, spec }: Workload, found: Found): readonly string[] {
  const pod = spec.template.spec;
  const { labels } = spec.template.metadata;
  const selectors = [
    ...(matches(spec.selector.matchLabels, labels)
      ? []
      : ["its selector does not find its own pods"]),
    ...pod.topologySpreadConstraints.flatMap(({ labelSelector }) =>
      matches(labelSelector.matchLabels, labels) ? [] : ["it spreads pods that are not its own"],
    ),
  ];
  const rights = pod.securityContext.runAsNonRoot ? [] : ["its pods may run as root"];
  const containers = pod.containers.flatMap((container) =>
    [
      ...rightsOf(container),
      ...resourcesOf(container),
      ...probesOf(container),
      ...pathsOf(container),
    ].map((why) => `container '${container.name}' ${why}`),
  );
  return [...selectors, ...rights, ...missing(spec, found), ...containers].map(
    (why) => `${titleOf(object)}: ${why}`,
  );
}

function missing(spec: Workload["spec"], { has }: Found): string[] {
  const pod = spec.template.spec;
  const volumes = new Set(pod.volumes.map(({ name }) => name));
  const wanted: (readonly [kind: string, name: string | undefined])[] = [
    ["ServiceAccount", pod.serviceAccountName],
    ["Service", spec.serviceName],
    ...pod.volumes.flatMap((volume): (readonly [string, string | undefined])[] => [
      ["PersistentVolumeClaim", volume.persistentVolumeClaim?.claimName],
      ["ConfigMap", volume.configMap?.name],
      ["Secret", volume.secret?.secretName],
    ]),
    ...pod.containers.flatMap(({ envFrom }) =>
      envFrom.map(({ configMapRef }): readonly [string, string | undefined] => [
        "ConfigMap",
        configMapRef?.name,
      ]),
    ),
  ];
  return [
    ...wanted.flatMap(([kind, name]) =>
      name === undefined || has(kind, name) ? [] : [`there is no ${kind} '${name}'`],
    ),
    ...pod.containers.flatMap(({ volumeMounts }) =>
      volumeMounts.flatMap(({ name }) =>
        volumes.has(name) ? [] : [`there is no volume '${name}'`],
      ),
    ),
  ];
}

function rightsOf({ securityContext }: Container): string[] {
  const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext;
  return [
    ...(allowPrivilegeEscalation === false ? [] : ["may gain rights"]),
    ...(readOnlyRootFilesystem === true ? [] : ["may write to its root file system"]),
    ...(capabilities.drop.includes("ALL") ? [] : ["keeps capabilities"]),
  ];
}

function resourcesOf({ resources: { requests, limits } }: Container): string[] {
  return ["cpu", "memory"].flatMap((name) => {
    const [request, limit] = [requests[name], limits[name]];
    if (request === undefined) return [`requests no ${name}`];
    if (limit === undefined) return [`has no limit of ${name}`];
    return amountOf(request) <= amountOf(limit)
      ? []
      : [`requests more ${name} (${request}) than its limit (${limit})`];
  });
}

function probesOf(container: Container): string[] {
  return (["startupProbe", "livenessProbe", "readinessProbe"] as const).flatMap((name) => {
    const asked = container[name]?.httpGet.port;
    if (asked === undefined) return [`has no ${name}`];
    return hasPort([container], asked) ? [] : [`has no port '${asked}', which its ${name} asks`];
  });
}

function pathsOf({ env, volumeMounts }: Container): string[] {
  const paths = volumeMounts.map(({ mountPath }) => mountPath);
  const twice = paths.filter((path, at) => paths.indexOf(path) !== at);
  const known = new Set(env.map(({ name }) => name));
  const variables = volumeMounts.flatMap(({ subPathExpr }) =>
    [...subPathExpr.matchAll(/\$\(([^)]+)\)/g)].map(([, name = ""]) => name),
  );
  return [
    ...twice.map((path) => `mounts two volumes at '${path}'`),
    ...variables
      .filter((name) => !known.has(name))
      .map((name) => `has no variable '${name}', which a path names`),
  ];
}
