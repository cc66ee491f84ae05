import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { referenceProblems } from "./checks/reference-problems.ts";
import { schemaProblems } from "./checks/schema-problems.ts";
import { readDeployment } from "./config/read-deployment.ts";
import { consoleTraffic } from "./istio/console-traffic.ts";
import { kubernetesObjects } from "./kubernetes/objects.ts";
import { filesFor, targets } from "./targets.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects are broken at any place here
type Document = any;

const surroundings = { secrets: ["troupe-users"] };

/** Objects by kind and name of the nodes or the console, as `Service console`. */
function documents(text = ""): Map<string, Document> {
  const config = readDeployment(text);
  const objects = [...kubernetesObjects(config), ...consoleTraffic(config)];
  return new Map(
    objects.map((one) => {
      const data = JSON.parse(JSON.stringify(one));
      return [`${one.kind} ${data.metadata.name.replace(/^troupe-/, "")}`, data] as const;
    }),
  );
}

const pod = (made: Map<string, Document>): Document =>
  made.get("StatefulSet node").spec.template.spec;
const consolePod = (made: Map<string, Document>): Document =>
  made.get("Deployment console").spec.template.spec;

test("what is made for Kubernetes is what a platform team asks for", () => {
  const all = filesFor("kubernetes", readDeployment("operators: [data-team]"))["troupe.yaml"] ?? "";
  const kinds = parseAllDocuments(all).map((document) => document.toJS().kind);
  expect(kinds.sort()).toEqual(
    [
      ...["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "NetworkPolicy"],
      ...["PersistentVolumeClaim", "PodDisruptionBudget", "PodDisruptionBudget", "PodMonitor"],
      ...["PrometheusRule", "Role", "RoleBinding", "Service", "Service", "ServiceAccount"],
      ...["ServiceAccount", "StatefulSet"],
    ].sort(),
  );
  const made = documents();
  expect(made.get("HorizontalPodAutoscaler node").spec).toMatchObject({
    minReplicas: 2,
    maxReplicas: 10,
    metrics: [
      { resource: { name: "cpu", target: { averageUtilization: 70 } } },
      { resource: { name: "memory", target: { averageUtilization: 80 } } },
    ],
  });
  expect(pod(made).containers[0]).toMatchObject({
    startupProbe: { httpGet: { path: "/healthz" } },
    livenessProbe: { httpGet: { path: "/healthz" } },
    readinessProbe: { httpGet: { path: "/readyz" } },
  });
});

test.each([
  ["of a node", pod, 2],
  ["of a console", consolePod, 2],
])(
  "a pod %s is no root, writes nothing but data, has no token, and is spread",
  (_, of, topologies) => {
    const made = of(documents());
    expect(made.automountServiceAccountToken).toBe(false);
    expect(made.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(made.topologySpreadConstraints).toHaveLength(topologies);
    expect(made.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    for (const amount of ["cpu", "memory"]) {
      expect(made.containers[0].resources.requests).toHaveProperty(amount);
      expect(made.containers[0].resources.limits).toHaveProperty(amount);
    }
  },
);

test("with TLS nodes and console trust the authority of the secrets, without it they mount none", () => {
  for (const of of [pod, consolePod]) {
    const [secured] = of(documents("nats: { tls: true }")).containers;
    const trusted = { name: "NODE_EXTRA_CA_CERTS", value: "/run/secrets/ca.pem" };
    expect(secured.env).toContainEqual(trusted);
    expect(secured.volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: "/run/secrets/ca.pem", subPath: "ca.pem" }),
    );
    expect(JSON.stringify(of(documents()))).not.toContain("ca.pem");
  }
});

test("one console alone has no budget, which would keep its machine from being emptied", () => {
  expect(documents("console: { replicas: 1 }").has("PodDisruptionBudget console")).toBe(false);
});

test("scaling by goals that wait watches the consumer of the goals, and replaces the other autoscaler", () => {
  const made = documents("nodes: { scaling: keda, goalsPerNode: 7 }\nprefix: acme\ntenant: acme");
  expect(made.has("HorizontalPodAutoscaler node")).toBe(false);
  expect(made.get("ScaledObject node").spec.triggers[0]).toEqual({
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

test("the mesh demands mutual TLS, bounds the pool, repeats reads only, and lets news flow", () => {
  const made = documents("console: { faultPercent: 5, delayPercent: 10 }");
  expect(made.get("PeerAuthentication console").spec.mtls.mode).toBe("STRICT");
  const { outlierDetection, connectionPool } =
    made.get("DestinationRule console").spec.trafficPolicy;
  expect(outlierDetection.consecutive5xxErrors).toBe(5);
  expect(connectionPool.tcp.maxConnections).toBe(100);
  const [news, reads, changes] = made.get("VirtualService console").spec.http;
  expect(news).toMatchObject({ match: [{ uri: { exact: "/api/events" } }], timeout: "0s" });
  expect(news.fault).toBeUndefined();
  expect(reads.retries.attempts).toBe(3);
  expect(reads.fault.abort).toEqual({ httpStatus: 503, percentage: { value: 5 } });
  expect(reads.fault.delay).toEqual({ fixedDelay: "2s", percentage: { value: 10 } });
  expect(changes.retries.attempts).toBe(0);
  expect(documents().get("VirtualService console").spec.http[1].fault).toBeUndefined();
});

test("as made, nothing is wrong with the objects", () => {
  const texts = ["", "nodes: { scaling: keda }", "operators: [a]", "console: { replicas: 1 }"];
  for (const text of [...texts, "nats: { tls: true }\nmonitoring: { port: 9000 }"]) {
    expect(referenceProblems([...documents(text).values()], surroundings)).toEqual([]);
  }
});

test.each<readonly [string, (made: Map<string, Document>) => void, RegExp]>([
  [
    "a selector",
    (made) => {
      made.get("Service node").spec.selector = { a: "b" };
    },
    /Service .* finds no pods/,
  ],
  [
    "an empty selector",
    (made) => {
      made.get("PodDisruptionBudget node").spec.selector = {};
    },
    /PodDisruptionBudget .* no pods/,
  ],
  [
    "the selector of the pods",
    (made) => {
      made.get("StatefulSet node").spec.selector.matchLabels.x = "y";
    },
    /does not find its own pods/,
  ],
  [
    "a port of a Service",
    (made) => {
      made.get("Service node").spec.ports[0].targetPort = 1;
    },
    /no port '1'/,
  ],
  [
    "a port of a PodMonitor",
    (made) => {
      made.get("PodMonitor node").spec.podMetricsEndpoints[0].port = "x";
    },
    /no port 'x'/,
  ],
  [
    "a port of a probe",
    (made) => {
      pod(made).containers[0].livenessProbe.httpGet.port = "x";
    },
    /has no port 'x', which its livenessProbe asks/,
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
      made.delete("ConfigMap node");
    },
    /no ConfigMap 'troupe-node'/,
  ],
  [
    "a claim",
    (made) => {
      made.delete("PersistentVolumeClaim data");
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
    /StatefulSet .* no volume 'users'/,
  ],
  [
    "the headless Service",
    (made) => {
      made.get("StatefulSet node").spec.serviceName = "x";
    },
    /no Service 'x'/,
  ],
  [
    "what is scaled",
    (made) => {
      made.get("HorizontalPodAutoscaler node").spec.scaleTargetRef.name = "x";
    },
    /no StatefulSet 'x'/,
  ],
  [
    "a role",
    (made) => {
      made.delete("Role operators");
    },
    /no Role 'troupe-operators'/,
  ],
  [
    "a route",
    (made) => {
      made.get("VirtualService console").spec.http[0].route[0].destination.host = "x";
    },
    /no Service 'x'/,
  ],
  [
    "a pool",
    (made) => {
      made.get("DestinationRule console").spec.host = "x";
    },
    /no Service 'x'/,
  ],
  [
    "a namespace",
    (made) => {
      made.get("ConfigMap node").metadata.namespace = "x";
    },
    /2 namespaces/,
  ],
  [
    "a port of a Service that requests are sent to",
    (made) => {
      made.get("Service console").spec.ports[0].port = 1;
    },
    /VirtualService .* has no port 8080/,
  ],
  [
    "a port of the console's Service",
    (made) => {
      consolePod(made).containers[0].ports[0].name = "x";
    },
    /Service troupe-console: the pods have no port 'http'/,
  ],
  [
    "whom mutual TLS is demanded of",
    (made) => {
      made.get("PeerAuthentication console").spec.selector.matchLabels = { a: "b" };
    },
    /PeerAuthentication .* finds no pods/,
  ],
  [
    "a way in the clear to who demands mutual TLS",
    (made) => {
      made.get("DestinationRule console").spec.trafficPolicy.tls.mode = "DISABLE";
    },
    /DestinationRule .* in the clear/,
  ],
  [
    "a selector of too many pods",
    (made) => {
      made.get("Service node").spec.selector = { "app.kubernetes.io/instance": "troupe" };
    },
    /Service .* finds pods of StatefulSet troupe-node and Deployment troupe-console/,
  ],
  [
    "a port that is let in",
    (made) => {
      made.get("NetworkPolicy console").spec.ingress[0].ports[0].port = 1;
    },
    /NetworkPolicy troupe-console: the pods have no port '1'/,
  ],
  [
    "what is spread",
    (made) => {
      pod(made).topologySpreadConstraints[0].labelSelector.matchLabels = { a: "b" };
    },
    /StatefulSet .* spreads pods that are not its own/,
  ],
  [
    "a user of pods",
    (made) => {
      consolePod(made).securityContext.runAsNonRoot = false;
    },
    /Deployment .* may run as root/,
  ],
  [
    "a way to rights",
    (made) => {
      pod(made).containers[0].securityContext.allowPrivilegeEscalation = true;
    },
    /'node' may gain rights/,
  ],
  [
    "a root file system",
    (made) => {
      pod(made).containers[0].securityContext.readOnlyRootFilesystem = false;
    },
    /'node' may write to its root/,
  ],
  [
    "a capability",
    (made) => {
      pod(made).containers[0].securityContext.capabilities.drop = ["NET_RAW"];
    },
    /'node' keeps capabilities/,
  ],
  [
    "a missing limit",
    (made) => {
      delete pod(made).containers[0].resources.limits.memory;
    },
    /'node' has no limit of memory/,
  ],
  [
    "a missing request, of which an autoscaler takes percents,",
    (made) => {
      delete pod(made).containers[0].resources.requests.cpu;
    },
    /'node' requests no cpu/,
  ],
  [
    "a request",
    (made) => {
      pod(made).containers[0].resources.requests.memory = "3Gi";
    },
    /requests more memory \(3Gi\) than its limit \(2Gi\)/,
  ],
  [
    "a missing probe",
    (made) => {
      delete pod(made).containers[0].startupProbe;
    },
    /'node' has no startupProbe/,
  ],
  [
    "a variable of a path",
    (made) => {
      pod(made).containers[0].env = [];
    },
    /no variable 'TROUPE_NODE'/,
  ],
  [
    "a path that is mounted twice",
    (made) => {
      const { volumeMounts } = pod(made).containers[0];
      volumeMounts[1].mountPath = volumeMounts[0].mountPath;
    },
    /two volumes at '\/data'/,
  ],
  [
    "a budget",
    (made) => {
      made.get("PodDisruptionBudget node").spec = {
        selector: made.get("PodDisruptionBudget node").spec.selector,
        minAvailable: 2,
      };
    },
    /PodDisruptionBudget troupe-node: no pod may ever be moved/,
  ],
  [
    "how many there may be",
    (made) => {
      made.get("HorizontalPodAutoscaler node").spec.minReplicas = 11;
    },
    /at least 11 and at most 10/,
  ],
  [
    "two autoscalers",
    (made) => {
      made.set("ScaledObject node", documents("nodes: { scaling: keda }").get("ScaledObject node"));
    },
    /two autoscalers fight over 'troupe-node'/,
  ],
  [
    "a name that is there twice",
    (made) => {
      made.set("again", made.get("ConfigMap node"));
    },
    /ConfigMap troupe-node: is there twice/,
  ],
])("%s that does not fit is found", (_, breakIt, problem) => {
  const made = documents("operators: [a]");
  breakIt(made);
  expect(referenceProblems([...made.values()], surroundings).join("\n")).toMatch(problem);
});

test("nothing is made of a description whose parts do not fit", () => {
  const greedy = readDeployment("nodes: { memory: { request: 4Gi } }");
  for (const target of targets) {
    expect(() => filesFor(target, greedy)).toThrow(/requests more memory \(4Gi\)/);
  }
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
  ["nodes: { cpu: { request: 4, limit: 2 } }", /nodes\.cpu\.request/],
  ["nodes: { cpu: { limit: 2Gi } }", /nodes\.cpu\.limit: must be a number of processors/],
  ["nodes: { memory: { limit: 500m } }", /nodes\.memory\.limit: must be an amount of bytes/],
  ["compose: { nodes: 0 }", /compose\.nodes/],
  ["image: 'a\\nb'", /image: must be an image/],
  ["name: Not_a_label", /name: must be a DNS label/],
  ["monitoring: { otlp: 'ftp://x' }", /monitoring\.otlp/],
  ["[", /deployment file/],
  ["just text", /expected object/],
])("a description that cannot be is refused by name: %s", (text, message) => {
  expect(() => readDeployment(text)).toThrow(message);
});
