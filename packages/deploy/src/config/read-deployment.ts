import { ensureError } from "@troupe/actor";
import { parse } from "yaml";
import { InvalidDeploymentError } from "../errors.ts";
import { type DeploymentConfig, deploymentSchema } from "./deployment-config.ts";

/** Aliases that a file may use: more are an attack, not a description. */
const maxAliasCount = 100;

/**
 * Reads a description of a deployment.
 *
 * @param text YAML or JSON; an empty one means all defaults
 * @throws InvalidDeploymentError that names each wrong place
 */
export function readDeployment(text: string): DeploymentConfig {
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount, logLevel: "error" }) ?? {};
  } catch (thrown) {
    const first = ensureError(thrown).message.split("\n")[0] ?? "";
    throw new InvalidDeploymentError("the deployment file", [first]);
  }
  const read = deploymentSchema.safeParse(document);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => {
    const place = path.join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
  throw new InvalidDeploymentError("the deployment file", problems);
}
