import { InvalidTelemetryOptionError } from "../errors.ts";

/**
 * Where an OTLP/HTTP receiver takes one signal.
 *
 * @throws InvalidTelemetryOptionError when `endpoint` is not an http or https address
 */
export function otlpAddress(endpoint: string, signal: "traces" | "metrics"): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new InvalidTelemetryOptionError(
      "otlpEndpoint",
      endpoint,
      "an address such as http://127.0.0.1:4318",
    );
  }
  return `${endpoint.replace(/\/+$/, "")}/v1/${signal}`;
}
