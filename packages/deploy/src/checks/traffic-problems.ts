import { z } from "zod";
import {
  type Found,
  hasPort,
  matches,
  type ObjectData,
  type PortReference,
  selectorSchema,
  titleOf,
  type Workload,
} from "./described.ts";

const port = z.union([z.string(), z.number()]);
const serviceSchema = z.looseObject({
  selector: z.record(z.string(), z.string()),
  ports: z.array(z.looseObject({ port: z.number(), targetPort: port })),
});
const virtualSchema = z.looseObject({
  http: z.array(
    z.looseObject({
      route: z.array(
        z.looseObject({
          destination: z.looseObject({
            host: z.string(),
            port: z.looseObject({ number: z.number() }).optional(),
          }),
        }),
      ),
    }),
  ),
});
const ruleSchema = z.looseObject({
  host: z.string(),
  trafficPolicy: z
    .looseObject({ tls: z.looseObject({ mode: z.string() }).optional() })
    .prefault({}),
});
const peersSchema = z.looseObject({ selector: selectorSchema });
const allowedSchema = z.looseObject({
  podSelector: selectorSchema,
  ingress: z
    .array(z.looseObject({ ports: z.array(z.looseObject({ port })).default([]) }))
    .default([]),
});
const monitorSchema = z.looseObject({
  selector: selectorSchema,
  podMetricsEndpoints: z.array(z.looseObject({ port: z.string() })),
});
const budgetSchema = z.looseObject({ selector: selectorSchema });

/** What an object wants of pods: which, and ports that they must have. */
interface Wish {
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PortReference[];
}

function wishOf({ kind, spec }: ObjectData): Wish | undefined {
  switch (kind) {
    case "Service": {
      const { selector, ports } = serviceSchema.parse(spec);
      return { labels: selector, ports: ports.map(({ targetPort }) => targetPort) };
    }
    case "PodMonitor": {
      const { selector, podMetricsEndpoints } = monitorSchema.parse(spec);
      return { labels: selector.matchLabels, ports: podMetricsEndpoints.map((one) => one.port) };
    }
    case "PodDisruptionBudget":
      return { labels: budgetSchema.parse(spec).selector.matchLabels, ports: [] };
    case "PeerAuthentication":
      return { labels: peersSchema.parse(spec).selector.matchLabels, ports: [] };
    case "NetworkPolicy": {
      const { podSelector, ingress } = allowedSchema.parse(spec);
      const ports = ingress.flatMap((rule) => rule.ports.map((one) => one.port));
      return { labels: podSelector.matchLabels, ports };
    }
    default:
      return undefined;
  }
}

/** What is wrong with how an object finds pods, and with where it sends requests. */
export function trafficProblems(object: ObjectData, found: Found): readonly string[] {
  const wish = wishOf(object);
  const why = wish === undefined ? routeProblems(object, found) : wishProblems(wish, found);
  return why.map((one) => `${titleOf(object)}: ${one}`);
}

function wishProblems({ labels, ports }: Wish, { workloads }: Found): readonly string[] {
  const hit = selected(workloads, labels);
  const [first, second] = hit;
  if (first === undefined) return ["its selector finds no pods"];
  if (second !== undefined) {
    return [`its selector finds pods of ${titleOf(first.object)} and ${titleOf(second.object)}`];
  }
  return ports
    .filter((wanted) => !hasPort(first.spec.template.spec.containers, wanted))
    .map((wanted) => `the pods have no port '${wanted}'`);
}

function routeProblems(object: ObjectData, found: Found): readonly string[] {
  if (object.kind === "DestinationRule") {
    const { host, trafficPolicy } = ruleSchema.parse(object.spec);
    const service = serviceOf(host, found);
    if (service === undefined) return [`there is no Service '${host}'`];
    const encrypted = trafficPolicy.tls?.mode === "ISTIO_MUTUAL";
    return encrypted || !demandsMutualTls(service, found)
      ? []
      : [`it speaks in the clear to '${host}', which demands mutual TLS`];
  }
  if (object.kind !== "VirtualService") return [];
  const destinations = virtualSchema
    .parse(object.spec)
    .http.flatMap(({ route }) => route.map(({ destination }) => destination));
  const problems = destinations.flatMap(({ host, port: wanted }) => {
    const service = serviceOf(host, found);
    if (service === undefined) return [`there is no Service '${host}'`];
    const { ports } = serviceSchema.parse(service.spec);
    return wanted === undefined || ports.some((one) => one.port === wanted.number)
      ? []
      : [`Service '${host}' has no port ${wanted.number}`];
  });
  return [...new Set(problems)];
}

/** The Service that a host means, as `name.namespace.svc.cluster.local`. */
function serviceOf(host: string, { objects }: Found): ObjectData | undefined {
  return objects.find(
    ({ kind, metadata: { name, namespace } }) =>
      kind === "Service" && host === `${name}.${namespace}.svc.cluster.local`,
  );
}

function demandsMutualTls(service: ObjectData, { objects, workloads }: Found): boolean {
  const own = selected(workloads, serviceSchema.parse(service.spec).selector);
  return objects
    .filter(({ kind }) => kind === "PeerAuthentication")
    .some(({ spec }) =>
      selected(own, peersSchema.parse(spec).selector.matchLabels).some(() => true),
    );
}

function selected(
  workloads: readonly Workload[],
  labels: Readonly<Record<string, string>>,
): readonly Workload[] {
  return workloads.filter(({ spec }) => matches(labels, spec.template.metadata.labels));
}
