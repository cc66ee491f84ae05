/** An object of Kubernetes as models make it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string | undefined } | undefined;
  validate(): void;
  toJSON(): unknown;
}

/** What an object's own schema has against it. */
export function schemaProblems(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.flatMap((object) => {
    try {
      object.validate();
      return [];
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      return [`${object.kind} ${object.metadata?.name}: ${why}`];
    }
  });
}
