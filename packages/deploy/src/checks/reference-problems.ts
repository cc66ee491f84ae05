import { z } from "zod";

const labels = z.record(z.string(), z.string());
const meta = z.looseObject({ name: z.string(), namespace: z.string().optional() });
const selector = z.looseObject({ matchLabels: labels.optional() });
const reference = z.looseObject({ name: z.string() });
const workloadSchema = z.looseObject({
  serviceName: z.string().optional(),
  selector,
  template: z.looseObject({
    metadata: z.looseObject({ labels }),
    spec: z.looseObject({
      serviceAccountName: z.string().optional(),
      volumes: z
        .array(
          z.looseObject({
            name: z.string(),
            persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
            configMap: reference.optional(),
            secret: z.looseObject({ secretName: z.string() }).optional(),
          }),
        )
        .default([]),
      containers: z.array(
        z.looseObject({
          name: z.string(),
          ports: z
            .array(z.looseObject({ name: z.string().optional(), containerPort: z.number() }))
            .default([]),
          envFrom: z.array(z.looseObject({ configMapRef: reference.optional() })).default([]),
          volumeMounts: z.array(reference).default([]),
          startupProbe: z.unknown().optional(),
          livenessProbe: z.unknown().optional(),
          readinessProbe: z.unknown().optional(),
        }),
      ),
    }),
  }),
});
const probeSchema = z.looseObject({
  httpGet: z.looseObject({ port: z.union([z.string(), z.number()]) }),
});
const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: meta,
  spec: z.unknown().optional(),
});

type Parsed = z.output<typeof objectSchema>;
type Workload = z.output<typeof workloadSchema>;

/** What is there besides the objects that are checked. */
export interface Surroundings {
  /** Secrets that people make. */
  readonly secrets: readonly string[];
  /** Services that run already, as `name` or `name.namespace.svc.cluster.local`. */
  readonly services: readonly string[];
}

/**
 * What does not fit between objects: selectors that find no pods, names, ports, volumes, accounts and settings that nothing
 * has, more than one autoscaler of one workload, two objects of one name, more than one namespace.
 *
 * @param documents the objects, as JSON data
 * @returns one line for each problem, with kind and name of the object that has it
 */
export function referenceProblems(
  documents: readonly unknown[],
  { secrets, services }: Surroundings,
): readonly string[] {
  const objects = documents.map((document) => objectSchema.parse(document));
  const named = (kind: string): readonly string[] =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  const workloads = objects
    .filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment")
    .map((object) => ({ object, spec: workloadSchema.parse(object.spec) }));
  const found: Found = {
    workloads,
    has: (kind, name) =>
      named(kind).includes(name) ||
      (kind === "Secret" && secrets.includes(name)) ||
      (kind === "Service" && services.includes(name)),
  };
  return [
    ...repeated(objects),
    ...workloads.flatMap(({ object, spec }) => workloadProblems(object, spec, found)),
    ...objects.flatMap((object) => problemsByKind(object, found)),
    ...twoScalers(objects),
  ];
}

interface Found {
  readonly workloads: readonly { readonly object: Parsed; readonly spec: Workload }[];
  has(kind: string, name: string): boolean;
}

function repeated(objects: readonly Parsed[]): string[] {
  const names = objects.map(titleOf);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
  return [
    ...twice.map((name) => `${name}: is there twice`),
    ...(namespaces.size > 1 ? [`objects lie in ${namespaces.size} namespaces: use one`] : []),
  ];
}

function workloadProblems(object: Parsed, spec: Workload, { has }: Found): string[] {
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
  const missing = wanted.flatMap(([kind, name]) =>
    name === undefined || has(kind, name) ? [] : [`there is no ${kind} '${name}'`],
  );
  const unmounted = pod.containers.flatMap(({ volumeMounts }) =>
    volumeMounts.flatMap(({ name }) => (volumes.has(name) ? [] : [`there is no volume '${name}'`])),
  );
  const probes = pod.containers.flatMap((container) =>
    [container.startupProbe, container.livenessProbe, container.readinessProbe].flatMap((probe) => {
      const read = probeSchema.safeParse(probe);
      if (!read.success || hasPort([container], read.data.httpGet.port)) return [];
      return [
        `a probe asks port '${read.data.httpGet.port}', which '${container.name}' does not have`,
      ];
    }),
  );
  const own = matches(spec.selector.matchLabels, spec.template.metadata.labels)
    ? []
    : ["its selector does not find its own pods"];
  return [...own, ...missing, ...unmounted, ...probes].map((why) => `${titleOf(object)}: ${why}`);
}

const selecting = z.looseObject({ selector });
const bySelector = {
  Service: z
    .looseObject({
      selector: labels,
      ports: z.array(z.looseObject({ targetPort: z.union([z.string(), z.number()]) })),
    })
    .transform(({ selector, ports }) => ({ selector, ports: ports.map((one) => one.targetPort) })),
  PodMonitor: z
    .looseObject({ selector, podMetricsEndpoints: z.array(z.looseObject({ port: z.string() })) })
    .transform((spec) => ({
      selector: spec.selector.matchLabels ?? {},
      ports: spec.podMetricsEndpoints.map(({ port }): string | number => port),
    })),
  PodDisruptionBudget: selecting.transform((spec) => ({
    selector: spec.selector.matchLabels ?? {},
    ports: [] as (string | number)[],
  })),
  NetworkPolicy: z.looseObject({ podSelector: selector }).transform((spec) => ({
    selector: spec.podSelector.matchLabels ?? {},
    ports: [] as (string | number)[],
  })),
} as const;
const scaled = z.looseObject({
  scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
});
const bound = z.looseObject({ roleRef: z.looseObject({ kind: z.string(), name: z.string() }) });
const routed = z.looseObject({
  http: z.array(
    z.looseObject({
      route: z.array(z.looseObject({ destination: z.looseObject({ host: z.string() }) })),
    }),
  ),
});

function problemsByKind(object: Parsed, { workloads, has }: Found): string[] {
  const title = titleOf(object);
  if (object.kind in bySelector) {
    const { selector: wanted, ports } = bySelector[object.kind as keyof typeof bySelector].parse(
      object.spec,
    );
    const hit = workloads.filter(({ spec }) => matches(wanted, spec.template.metadata.labels));
    if (hit.length === 0) return [`${title}: its selector finds no pods`];
    const containers = hit.flatMap(({ spec }) => spec.template.spec.containers);
    return ports
      .filter((port) => !hasPort(containers, port))
      .map((port) => `${title}: the pods have no port '${port}'`);
  }
  const missing = (kind: string, name: string): string[] =>
    has(kind, name) ? [] : [`${title}: there is no ${kind} '${name}'`];
  if (object.kind === "HorizontalPodAutoscaler" || object.kind === "ScaledObject") {
    const { kind, name } = scaled.parse(object.spec).scaleTargetRef;
    return missing(kind, name);
  }
  if (object.kind === "RoleBinding") {
    const { kind, name } = bound.parse(object).roleRef;
    return missing(kind, name);
  }
  if (object.kind === "DestinationRule") {
    return missing("Service", z.looseObject({ host: z.string() }).parse(object.spec).host);
  }
  if (object.kind !== "VirtualService") return [];
  const hosts = routed.parse(object.spec).http.flatMap(({ route }) => route);
  return [...new Set(hosts.map(({ destination }) => destination.host))].flatMap((host) =>
    missing("Service", host),
  );
}

function twoScalers(objects: readonly Parsed[]): string[] {
  const targets = objects
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject")
    .map(({ spec }) => scaled.parse(spec).scaleTargetRef.name);
  const fought = new Set(targets.filter((name, at) => targets.indexOf(name) !== at));
  return [...fought].map((name) => `two autoscalers fight over '${name}': keep one`);
}

function matches(
  wanted: Readonly<Record<string, string>> | undefined,
  own: Readonly<Record<string, string>>,
): boolean {
  const entries = Object.entries(wanted ?? {});
  return entries.length > 0 && entries.every(([label, value]) => own[label] === value);
}

function hasPort(
  containers: Workload["template"]["spec"]["containers"],
  port: string | number,
): boolean {
  return containers.some(({ ports }) =>
    ports.some((one) => one.name === port || one.containerPort === port),
  );
}

function titleOf({ kind, metadata }: Parsed): string {
  return `${kind} ${metadata.name}`;
}
