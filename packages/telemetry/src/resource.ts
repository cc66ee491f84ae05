import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources";

/** Of whom spans and metrics are. */
export interface ResourceOptions {
  /** `service.name`. */
  readonly service: string;
  /** Name of this node: `service.instance.id`. */
  readonly node: string;
  /** `service.version`. Default: none. */
  readonly version?: string;
}

/** The resource that everything of one node is reported under. */
export function resourceOf({ service, node, version }: ResourceOptions): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": service,
      "service.instance.id": node,
      ...(version === undefined ? {} : { "service.version": version }),
    }),
  );
}
