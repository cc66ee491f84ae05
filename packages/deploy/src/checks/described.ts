import { z } from "zod";

/** What the checks read of objects; anything else in them is left alone. */
const labels = z.record(z.string(), z.string());
const reference = z.looseObject({ name: z.string() });

/** A port by its name or number. */
export type PortReference = string | number;
const port = z.union([z.string(), z.number()]);

export const selectorSchema = z.looseObject({ matchLabels: labels.default({}) });

export const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.unknown().optional(),
});
export type ObjectData = z.output<typeof objectSchema>;

const amounts = z.record(z.string(), z.string()).default({});
const probe = z.looseObject({ httpGet: z.looseObject({ port }) }).optional();

const containerSchema = z.looseObject({
  name: z.string(),
  env: z.array(reference).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: reference.optional() })).default([]),
  ports: z
    .array(z.looseObject({ name: z.string().optional(), containerPort: z.number() }))
    .default([]),
  resources: z.looseObject({ requests: amounts, limits: amounts }).prefault({}),
  volumeMounts: z
    .array(
      z.looseObject({
        name: z.string(),
        mountPath: z.string(),
        subPathExpr: z.string().default(""),
      }),
    )
    .default([]),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  securityContext: z
    .looseObject({
      allowPrivilegeEscalation: z.boolean().optional(),
      readOnlyRootFilesystem: z.boolean().optional(),
      capabilities: z.looseObject({ drop: z.array(z.string()).default([]) }).prefault({}),
    })
    .prefault({}),
});
export type Container = z.output<typeof containerSchema>;

export const workloadSchema = z.looseObject({
  serviceName: z.string().optional(),
  selector: selectorSchema,
  template: z.looseObject({
    metadata: z.looseObject({ labels }),
    spec: z.looseObject({
      serviceAccountName: z.string().optional(),
      securityContext: z.looseObject({ runAsNonRoot: z.boolean().default(false) }).prefault({}),
      topologySpreadConstraints: z
        .array(z.looseObject({ labelSelector: selectorSchema }))
        .default([]),
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
      containers: z.array(containerSchema),
    }),
  }),
});

/** An object that makes pods. */
export interface Workload {
  readonly object: ObjectData;
  readonly spec: z.output<typeof workloadSchema>;
}

/** All objects, and what else is there. */
export interface Found {
  readonly objects: readonly ObjectData[];
  readonly workloads: readonly Workload[];
  has(kind: string, name: string): boolean;
}

/** How a problem names the object that has it. */
export function titleOf({ kind, metadata }: ObjectData): string {
  return `${kind} ${metadata.name}`;
}

/** Whether a selector that asks for something finds these labels. */
export function matches(
  wanted: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): boolean {
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([label, value]) => own[label] === value);
}

/** Whether one of the containers listens on that port. */
export function hasPort(containers: readonly Container[], wanted: PortReference): boolean {
  return containers.some(({ ports }) =>
    ports.some((one) => one.name === wanted || one.containerPort === wanted),
  );
}

const scales: Readonly<Record<string, number>> = {
  m: 0.001,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** An amount of Kubernetes, as `500m` or `2Gi`, in its unit. NaN for what is none. */
export function amountOf(quantity: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const scale = unit === "" ? 1 : scales[unit];
  return number === "" || scale === undefined ? Number.NaN : Number(number) * scale;
}
