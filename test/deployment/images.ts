import { execFileSync } from "node:child_process";

/** What the services of the compose file run, by the variable that names another image. */
const shipped = {
  NODE_IMAGE: "node:24-slim",
  NATS_IMAGE: "nats:2.14.0-alpine",
  JAEGER_IMAGE: "jaegertracing/jaeger:2.9.0",
  PROMETHEUS_IMAGE: "prom/prometheus:v3.5.0",
  GRAFANA_IMAGE: "grafana/grafana:12.1.0",
} as const;

/** The images of a composition, by their variables: those that are here. */
export type Images = Readonly<Partial<Record<keyof typeof shipped, string>>>;

/** Whether a command ends well. */
export function works(...command: readonly string[]): boolean {
  try {
    execFileSync(command[0] ?? "", command.slice(1), { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** Those that are here: as the environment names them, as they are shipped, or as .ci/images makes them. */
export function imagesHere(): Images {
  const found = Object.entries(shipped).flatMap(([variable, name]) => {
    const service = variable.replace("_IMAGE", "").toLowerCase();
    const image = [process.env[variable], name, `troupe-local/${service}`].find(
      (one) => one !== undefined && works("docker", "image", "inspect", one),
    );
    return image === undefined ? [] : [[variable, image]];
  });
  return Object.fromEntries(found);
}
