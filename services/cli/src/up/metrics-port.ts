/**
 * The environment of one of several nodes on this machine: they cannot share a port for their metrics, so
 * each has the next one. 0, any that is free, stays 0.
 *
 * @param index of the node, from 0
 */
export function withOwnMetricsPort(
  environment: Readonly<Record<string, string | undefined>>,
  index: number,
): Readonly<Record<string, string | undefined>> {
  const port = Number(environment["TROUPE_METRICS_PORT"] ?? "");
  if (!Number.isInteger(port) || port < 1) return environment;
  return { ...environment, TROUPE_METRICS_PORT: String(port + index) };
}
