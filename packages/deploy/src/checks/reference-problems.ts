import { z } from "zod";
import { type Found, type ObjectData, objectSchema, titleOf, workloadSchema } from "./described.ts";
import { scalingProblems } from "./scaling-problems.ts";
import { trafficProblems } from "./traffic-problems.ts";
import { workloadProblems } from "./workload-problems.ts";

/** What is there besides the objects that are checked. */
export interface Surroundings {
  /** Secrets that people make. */
  readonly secrets: readonly string[];
}

const bound = z.looseObject({ roleRef: z.looseObject({ kind: z.string(), name: z.string() }) });

/**
 * What does not fit between objects: selectors that find no pods, or those of two; names, ports, volumes, variables,
 * accounts and settings that nothing has; pods with more rights than they need, without limits or probes; budgets that keep
 * pods for ever; more than one autoscaler of one workload, two objects of one name, more than one namespace.
 *
 * @param documents the objects, as JSON data
 * @returns one line for each problem, with kind and name of the object that has it
 */
export function referenceProblems(
  documents: readonly unknown[],
  { secrets }: Surroundings,
): readonly string[] {
  const objects = documents.map((document) => objectSchema.parse(document));
  const found: Found = {
    objects,
    workloads: objects
      .filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment")
      .map((object) => ({ object, spec: workloadSchema.parse(object.spec) })),
    has: (kind, name) =>
      objects.some((object) => object.kind === kind && object.metadata.name === name) ||
      (kind === "Secret" && secrets.includes(name)),
  };
  return [
    ...repeated(objects),
    ...found.workloads.flatMap((workload) => workloadProblems(workload, found)),
    ...objects.flatMap((object) => trafficProblems(object, found)),
    ...objects.flatMap((object) => bindingProblems(object, found)),
    ...scalingProblems(found),
  ];
}

function repeated(objects: readonly ObjectData[]): readonly string[] {
  const names = objects.map(titleOf);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
  return [
    ...twice.map((name) => `${name}: is there twice`),
    ...(namespaces.size > 1 ? [`objects lie in ${namespaces.size} namespaces: use one`] : []),
  ];
}

function bindingProblems(object: ObjectData, { has }: Found): readonly string[] {
  if (object.kind !== "RoleBinding") return [];
  const { kind, name } = bound.parse(object).roleRef;
  return has(kind, name) ? [] : [`${titleOf(object)}: there is no ${kind} '${name}'`];
}
