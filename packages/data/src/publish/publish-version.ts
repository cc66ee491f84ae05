import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { z } from "zod";

/** Where a version goes. */
interface VersionPlace {
  /** Directory of all datasets; the version appears as `<dataset>/<version>` in it. */
  readonly datasets: string;
  readonly dataset: string;
  readonly version: string;
  /** Distinguishes those who might publish the same version at once. */
  readonly attempt: string;
}

/**
 * Publishes a folder whole or not at all: it is filled under another name, flushed to disk, and appears
 * by one rename; then `latest` is pointed at it. A version that is there already is left as it is, so
 * publishing twice publishes once.
 *
 * @param manifest shape of what `write` tells; kept in `manifest.json` with the digest of every file
 * @param write fills `making`, which will be known as `folder`
 */
export async function publishVersion<Published extends object>(
  { datasets, dataset, version, attempt }: VersionPlace,
  manifest: z.ZodType<Published>,
  write: (making: string, folder: string) => Promise<Published>,
): Promise<Published> {
  const home = join(datasets, dataset);
  const folder = join(home, version);
  const known = await readManifest(folder, manifest);
  if (known !== undefined) return known;
  await mkdir(home, { recursive: true });
  const making = join(home, `.${version}.${attempt}.tmp`);
  await rm(making, { recursive: true, force: true });
  await mkdir(making);
  try {
    const published = await write(making, folder);
    await writeManifest(making, published);
    await flush(making);
    await rename(making, folder).catch(async (error: unknown) => {
      if ((await readManifest(folder, manifest)) === undefined) throw error;
    });
    await pointLatest(home, version, attempt);
    return (await readManifest(folder, manifest)) ?? published;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function writeManifest(making: string, published: object): Promise<void> {
  const digests: Record<string, string> = {};
  for (const name of await filesIn(making)) digests[name] = await digest(join(making, name));
  const manifest = { ...published, sha256: digests };
  await writeFile(join(making, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** All files of a folder, as paths inside it. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function readManifest<Published>(
  folder: string,
  manifest: z.ZodType<Published>,
): Promise<Published | undefined> {
  const text = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = manifest.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

async function flush(folder: string): Promise<void> {
  for (const name of [...(await readdir(folder, { recursive: true })), "."]) {
    const file = await open(join(folder, name));
    await file.sync();
    await file.close();
  }
}

async function pointLatest(home: string, version: string, attempt: string): Promise<void> {
  const link = join(home, `.latest.${attempt}.tmp`);
  await rm(link, { force: true });
  await symlink(version, link);
  await rename(link, join(home, "latest"));
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
