import { z } from "zod";
import { type Found, matches, type ObjectData, selectorSchema, titleOf } from "./described.ts";

const targetSchema = z.looseObject({
  scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
  /** As HorizontalPodAutoscaler has them, and as ScaledObject. */
  minReplicas: z.number().optional(),
  maxReplicas: z.number().optional(),
  minReplicaCount: z.number().optional(),
  maxReplicaCount: z.number().optional(),
});
const budgetSchema = z.looseObject({
  selector: selectorSchema,
  maxUnavailable: z.union([z.number(), z.string()]).optional(),
  minAvailable: z.union([z.number(), z.string()]).optional(),
});
const countSchema = z.looseObject({ replicas: z.number().optional() });

const scalers = ["HorizontalPodAutoscaler", "ScaledObject"];

/** What is wrong with how many pods there are to be. */
export function scalingProblems(found: Found): readonly string[] {
  const scaled = found.objects
    .filter(({ kind }) => scalers.includes(kind))
    .map((object) => ({ object, spec: targetSchema.parse(object.spec) }));
  const names = scaled.map(({ spec }) => spec.scaleTargetRef.name);
  const fought = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [
    ...scaled.flatMap(({ object, spec }) => {
      const { kind, name } = spec.scaleTargetRef;
      const least = spec.minReplicas ?? spec.minReplicaCount ?? 1;
      const most = spec.maxReplicas ?? spec.maxReplicaCount ?? least;
      return [
        ...(found.has(kind, name) ? [] : [`there is no ${kind} '${name}'`]),
        ...(least <= most ? [] : [`at least ${least} and at most ${most} cannot both be`]),
      ].map((why) => `${titleOf(object)}: ${why}`);
    }),
    ...[...fought].map((name) => `two autoscalers fight over '${name}': keep one`),
    ...found.objects
      .filter(({ kind }) => kind === "PodDisruptionBudget")
      .flatMap((object) => budgetProblems(object, scaled, found)),
  ];
}

function budgetProblems(
  object: ObjectData,
  scaled: readonly { readonly spec: z.output<typeof targetSchema> }[],
  { workloads }: Found,
): readonly string[] {
  const { selector, maxUnavailable, minAvailable } = budgetSchema.parse(object.spec);
  const least = workloads
    .filter(({ spec }) => matches(selector.matchLabels, spec.template.metadata.labels))
    .map((workload) => {
      const scaler = scaled.find(
        ({ spec }) => spec.scaleTargetRef.name === workload.object.metadata.name,
      )?.spec;
      const { replicas = 1 } = countSchema.parse(workload.object.spec);
      return scaler?.minReplicas ?? scaler?.minReplicaCount ?? replicas;
    });
  const pods = Math.min(...least);
  const held =
    maxUnavailable === 0 ||
    maxUnavailable === "0%" ||
    minAvailable === "100%" ||
    (typeof minAvailable === "number" && minAvailable >= pods);
  return held ? [`${titleOf(object)}: no pod may ever be moved`] : [];
}
