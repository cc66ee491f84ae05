import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import { filesFor, readDeployment, targets } from "@troupe/deploy";
import { exitCodes, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";

export interface DeployOptions {
  readonly target: string;
  readonly config?: string;
  readonly out: string;
  readonly json: boolean;
}

/** `troupe deploy`: files for a platform, from one description. Nothing is written unless all of it fits. */
export async function deploy(
  io: Io,
  { target, config, out, json }: DeployOptions,
): Promise<number> {
  const description = config === undefined ? "" : await textOf(resolve(io.directory, config));
  const known = targets.find((one) => one === target);
  if (known === undefined) {
    throw new UsageError(`there is no target '${target}': name one of ${targets.join(", ")}`);
  }
  const files = filesFor(known, readDeployment(description));
  const directory = resolve(io.directory, out);
  const written = Object.keys(files).map((path) => join(directory, path));
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (json) writeJson(io.out, { target, files: written });
  else writeLines(io.out, written);
  return exitCodes.ok;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${ensureError(thrown).message}`);
  }
}
