import { z } from "zod";
import { peopleSchema } from "./people.ts";

const label = z.string().regex(/^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/, "must be a DNS label");
const processors = z
  .string()
  .regex(/^\d+(\.\d+)?m?$/, "must be a number of processors, as 500m or '2'");
const bytes = z.string().regex(/^\d+(\.\d+)?(Mi|Gi|Ti)?$/, "must be an amount of bytes, as 2Gi");
const image = z
  .string()
  .regex(/^[a-zA-Z0-9][\w./:@-]{0,511}$/, "must be an image, as registry/name:tag");
const hostPort = z.string().regex(/^[a-z0-9.-]+:\d{1,5}$/, "must be host:port");
const port = z.number().int().min(1).max(65_535);
const percent = z.number().int().min(1).max(100);

/** How a deployment is to be, for every target. Each field has a default; unknown ones are refused. */
export const deploymentSchema = z.strictObject({
  /** Begins the names of all objects. Default `troupe`. */
  name: label.default("troupe"),
  /** Namespace of all objects. Default `troupe`. */
  namespace: label.default("troupe"),
  /** Image of a node, built by services/node/Dockerfile. Default `troupe-node:0.1.0`. */
  image: image.default("troupe-node:0.1.0"),
  /** First token of every subject. Default `troupe`. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .default("troupe"),
  /** Account of the users, as `troupe secrets init` was told. Default `main`. */
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .default("main"),
  nodes: z
    .strictObject({
      /** Fewest nodes; at least 2, so that one may be moved. Default 2. */
      min: z.number().int().min(2).max(1000).default(2),
      /** Most nodes; there must be a user for each. Default 10. */
      max: z.number().int().min(2).max(1000).default(10),
      /** Mean use of requested processors, in percent, above which nodes are added. Default 70. */
      cpuPercent: percent.default(70),
      /** The same for memory. Default 80. */
      memoryPercent: percent.default(80),
      /** Processors requested, and most of them. Default `500m` and `2`. */
      cpu: z
        .strictObject({ request: processors.default("500m"), limit: processors.default("2") })
        .prefault({}),
      /** Memory requested, and most of it. Default `1Gi` and `2Gi`. */
      memory: z
        .strictObject({ request: bytes.default("1Gi"), limit: bytes.default("2Gi") })
        .prefault({}),
      /** `hpa` scales by processors and memory, `keda` by goals that wait too. Default `hpa`. */
      scaling: z.enum(["hpa", "keda"]).default("hpa"),
      /** With `keda`: goals that may wait for each node. Default 5. */
      goalsPerNode: z.number().int().min(1).max(100_000).default(5),
    })
    .refine(({ min, max }) => min <= max, { message: "min must not be above max", path: ["min"] })
    .prefault({}),
  nats: z
    .strictObject({
      /** Namespace that the server's pods are in. Default `nats`. */
      namespace: label.default("nats"),
      /** Its port for clients. Default 4222. */
      port: port.default(4222),
      /** Whether the secrets were made with `--tls`: nodes then trust their `ca.pem`. Default false. */
      tls: z.boolean().default(false),
      /** Where KEDA reads its monitoring. Default `nats-headless.nats.svc:8222`. */
      monitoring: hostPort.default("nats-headless.nats.svc:8222"),
    })
    .prefault({}),
  data: z
    .strictObject({
      /** Size of the folder that all nodes share. Default `50Gi`. */
      size: bytes.default("50Gi"),
      /** Class whose volumes several machines may write (ReadWriteMany). Default: the cluster's own. */
      storageClass: label.optional(),
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      /** Namespace from which Prometheus may read metrics. Default `monitoring`. */
      namespace: label.default("monitoring"),
      /** Port of metrics and health. Default 9464. */
      port: port.default(9464),
      /** Receiver of spans and metrics, as `http://…:4318`. Default none. */
      otlp: z.url({ protocol: /^https?$/ }).optional(),
    })
    .prefault({}),
  console: z
    .strictObject({
      /** Image of the HTTP console, built by services/console/Dockerfile. Default `troupe-console:0.1.0`. */
      image: image.default("troupe-console:0.1.0"),
      /** How many run at the same time; a session belongs to one of them. Default 2. */
      replicas: z.number().int().min(1).max(100).default(2),
      /** Port of its Service. Default 8080. */
      port: port.default(8080),
      /** Name by which people reach it. Default `troupe.example.org`. */
      host: z
        .string()
        .regex(/^[a-z0-9.-]+$/)
        .default("troupe.example.org"),
      /** Gateway that lets them in. Default `istio-system/public`. */
      gateway: z
        .string()
        .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/)
        .default("istio-system/public"),
      /** A proxy before it that says who people are. Default: people log in with the token alone. */
      people: peopleSchema.optional(),
      /** Requests that are failed on purpose, in percent, to try how callers bear it. Default 0. */
      faultPercent: z.number().min(0).max(100).default(0),
      /** Requests that are held back for 2 s on purpose, in percent. Default 0. */
      delayPercent: z.number().min(0).max(100).default(0),
    })
    .prefault({}),
  compose: z
    .strictObject({
      /** Nodes, called `n1`, `n2`, … as `troupe secrets init` numbers them. Default 3. */
      nodes: z.number().int().min(1).max(100).default(3),
      /** Folder of the project, when the images are to be built from it. Default: they are there, or are pulled. */
      build: z.string().min(1).max(4096).optional(),
    })
    .prefault({}),
  /** Groups whose people may look at the pods and scale. Default none. */
  operators: z.array(z.string().min(1).max(253)).max(100).default([]),
});

/** How a deployment is to be, with nothing left open. */
export type DeploymentConfig = z.output<typeof deploymentSchema>;
