import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { referenceProblems } from "./checks/reference-problems.ts";
import { schemaProblems } from "./checks/schema-problems.ts";
import { readDeployment } from "./config/read-deployment.ts";
import { consoleTraffic } from "./istio/console-traffic.ts";
import { kubernetesObjects } from "./kubernetes/objects.ts";
import { filesFor } from "./targets.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects are broken at any place here
type Document = any;

const surroundings = {
  secrets: ["troupe-users"],
  services: ["troupe-console.troupe.svc.cluster.local"],
};

function documents(text = ""): Map<string, Document> {
  const config = readDeployment(text);
  const objects = [...kubernetesObjects(config), ...consoleTraffic(config)];
  return new Map(
    objects.map((one) => [one.kind, JSON.parse(JSON.stringify(one))] satisfies [string, Document]),
  );
}

test("what is made for Kubernetes holds to the schemas, fits together, and is what a platform team asks for", () => {
  const all = filesFor("kubernetes", readDeployment("operators: [data-team]"))["troupe.yaml"] ?? "";
  const kinds = parseAllDocuments(all).map((document) => document.toJS().kind);
  expect(kinds.sort()).toEqual(
    [
      ...["ConfigMap", "HorizontalPodAutoscaler", "NetworkPolicy", "PersistentVolumeClaim"],
      ...["PodDisruptionBudget", "PodMonitor", "PrometheusRule", "Role", "RoleBinding"],
      ...["Service", "ServiceAccount", "StatefulSet"],
    ].sort(),
  );
  const made = documents();
  expect(made.get("HorizontalPodAutoscaler").spec).toMatchObject({
    minReplicas: 2,
    maxReplicas: 10,
    metrics: [
      { resource: { name: "cpu", target: { averageUtilization: 70 } } },
      { resource: { name: "memory", target: { averageUtilization: 80 } } },
    ],
  });
  const pod = made.get("StatefulSet").spec.template.spec;
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
  expect(pod.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  expect(pod.containers[0]).toMatchObject({
    startupProbe: { httpGet: { path: "/healthz" } },
    livenessProbe: { httpGet: { path: "/healthz" } },
    readinessProbe: { httpGet: { path: "/readyz" } },
  });
});

test("scaling by goals that wait watches the consumer of the goals, and replaces the other autoscaler", () => {
  const made = documents("nodes: { scaling: keda, goalsPerNode: 7 }\nprefix: acme\ntenant: acme");
  expect(made.has("HorizontalPodAutoscaler")).toBe(false);
  expect(made.get("ScaledObject").spec.triggers[0]).toEqual({
    type: "nats-jetstream",
    metadata: {
      natsServerMonitoringEndpoint: "nats-headless.nats.svc:8222",
      account: "acme",
      stream: "ACME_GOALS",
      consumer: "ACME_GOALS_WORKERS",
      lagThreshold: "7",
    },
  });
});

test("the mesh demands mutual TLS, bounds the pool, and repeats reads only", () => {
  const made = documents("console: { faultPercent: 5 }");
  expect(made.get("PeerAuthentication").spec.mtls.mode).toBe("STRICT");
  expect(made.get("DestinationRule").spec.trafficPolicy.outlierDetection.consecutive5xxErrors).toBe(
    5,
  );
  const [reads, changes] = made.get("VirtualService").spec.http;
  expect(reads.retries.attempts).toBe(3);
  expect(reads.fault.abort).toEqual({ httpStatus: 503, percentage: { value: 5 } });
  expect(changes.retries.attempts).toBe(0);
});

test("as made, nothing is wrong with the objects", () => {
  for (const text of ["", "nodes: { scaling: keda }", "operators: [a]"]) {
    expect(referenceProblems([...documents(text).values()], surroundings)).toEqual([]);
  }
});

const pod = (made: Map<string, Document>): Document => made.get("StatefulSet").spec.template.spec;

test.each<readonly [string, (made: Map<string, Document>) => void, RegExp]>([
  [
    "a selector",
    (made) => {
      made.get("Service").spec.selector = { a: "b" };
    },
    /Service .* finds no pods/,
  ],
  [
    "an empty selector",
    (made) => {
      made.get("PodDisruptionBudget").spec.selector = {};
    },
    /PodDisruptionBudget .* no pods/,
  ],
  [
    "the selector of the pods",
    (made) => {
      made.get("StatefulSet").spec.selector.matchLabels.x = "y";
    },
    /does not find its own pods/,
  ],
  [
    "a port of a Service",
    (made) => {
      made.get("Service").spec.ports[0].targetPort = 1;
    },
    /no port '1'/,
  ],
  [
    "a port of a PodMonitor",
    (made) => {
      made.get("PodMonitor").spec.podMetricsEndpoints[0].port = "x";
    },
    /no port 'x'/,
  ],
  [
    "a port of a probe",
    (made) => {
      pod(made).containers[0].livenessProbe.httpGet.port = "x";
    },
    /probe asks port 'x'/,
  ],
  [
    "an account",
    (made) => {
      pod(made).serviceAccountName = "x";
    },
    /no ServiceAccount 'x'/,
  ],
  [
    "a ConfigMap",
    (made) => {
      made.delete("ConfigMap");
    },
    /no ConfigMap 'troupe-node'/,
  ],
  [
    "a claim",
    (made) => {
      made.delete("PersistentVolumeClaim");
    },
    /no PersistentVolumeClaim 'troupe-data'/,
  ],
  [
    "a Secret",
    (made) => {
      pod(made).volumes[2].secret.secretName = "x";
    },
    /no Secret 'x'/,
  ],
  [
    "a volume",
    (made) => {
      pod(made).volumes.pop();
    },
    /no volume 'users'/,
  ],
  [
    "the headless Service",
    (made) => {
      made.get("StatefulSet").spec.serviceName = "x";
    },
    /no Service 'x'/,
  ],
  [
    "what is scaled",
    (made) => {
      made.get("HorizontalPodAutoscaler").spec.scaleTargetRef.name = "x";
    },
    /no StatefulSet 'x'/,
  ],
  [
    "a role",
    (made) => {
      made.delete("Role");
    },
    /no Role 'troupe-operators'/,
  ],
  [
    "a route",
    (made) => {
      made.get("VirtualService").spec.http[0].route[0].destination.host = "x";
    },
    /no Service 'x'/,
  ],
  [
    "a pool",
    (made) => {
      made.get("DestinationRule").spec.host = "x";
    },
    /no Service 'x'/,
  ],
  [
    "a namespace",
    (made) => {
      made.get("ConfigMap").metadata.namespace = "x";
    },
    /2 namespaces/,
  ],
  [
    "two autoscalers",
    (made) => {
      made.set("ScaledObject", documents("nodes: { scaling: keda }").get("ScaledObject"));
    },
    /two autoscalers fight over 'troupe-node'/,
  ],
  [
    "a name that is there twice",
    (made) => {
      made.set("again", made.get("ConfigMap"));
    },
    /ConfigMap troupe-node: is there twice/,
  ],
])("%s that does not fit is found", (_, breakIt, problem) => {
  const made = documents("operators: [a]");
  breakIt(made);
  expect(referenceProblems([...made.values()], surroundings).join("\n")).toMatch(problem);
});

test("an object that its schema does not allow is found", () => {
  const objects = kubernetesObjects(readDeployment(""));
  const [first] = objects;
  Object.assign(first ?? {}, { automountServiceAccountToken: "yes" });
  expect(schemaProblems(objects)).toHaveLength(1);
});

test.each([
  ["nodes: { min: 1 }", /nodes\.min/],
  ["nodes: { min: 5, max: 3 }", /min must not be above max/],
  ["nodes: { many: 5 }", /many/],
  ["name: Not_a_label", /name: must be a DNS label/],
  ["monitoring: { otlp: 'ftp://x' }", /monitoring\.otlp/],
  ["[", /deployment file/],
  ["just text", /expected object/],
])("a description that cannot be is refused by name: %s", (text, message) => {
  expect(() => readDeployment(text)).toThrow(message);
});
