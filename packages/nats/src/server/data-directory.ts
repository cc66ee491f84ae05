import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom } from "@troupe/actor";
import { z } from "zod";

/** The files a server of one's own keeps in its data folder. */
export interface DataDirectory {
  readonly path: string;
  readonly store: string;
  readonly config: string;
  readonly log: string;
  readonly state: string;
  readonly lock: string;
  readonly credentials: string;
}

export function dataDirectory(path: string): DataDirectory {
  return {
    path,
    store: join(path, "jetstream"),
    config: join(path, "nats-server.conf"),
    log: join(path, "nats-server.log"),
    state: join(path, "nats-server.json"),
    lock: join(path, "nats-server.lock"),
    credentials: join(path, "nats-credentials.json"),
  };
}

const credentialsSchema = z.object({
  serverName: z.string().min(1),
  user: z.string().min(1),
  password: z.string().min(1),
});

/** What opens the server of a data folder, and the name by which it is known again. */
export type Credentials = z.infer<typeof credentialsSchema>;

const stateSchema = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65535),
  binary: z.string(),
});

/** The server that was last started on a data folder; it may be long gone. */
export type ServerState = z.infer<typeof stateSchema>;

const ownerOnly = 0o600;
const passwordBytes = 24;

/** The credentials of a data folder, or `undefined` when it has none yet. */
export async function loadCredentials(files: DataDirectory): Promise<Credentials | undefined> {
  const known = credentialsSchema.safeParse(await readJson(files.credentials));
  return known.success ? known.data : undefined;
}

/** Makes credentials at random; readable by the owner only. To be called under the start lock. */
export async function makeCredentials(files: DataDirectory): Promise<Credentials> {
  const made: Credentials = {
    serverName: `troupe-${systemRandom.hex(6)}`,
    user: "troupe",
    password: systemRandom.hex(passwordBytes),
  };
  await writePrivately(files.credentials, JSON.stringify(made));
  return made;
}

/** The state file, or `undefined` when there is none or it cannot be read as one. */
export async function loadState(files: DataDirectory): Promise<ServerState | undefined> {
  const parsed = stateSchema.safeParse(await readJson(files.state));
  return parsed.success ? parsed.data : undefined;
}

export async function saveState(files: DataDirectory, state: ServerState): Promise<void> {
  await writePrivately(files.state, JSON.stringify(state));
}

export async function forgetState(files: DataDirectory): Promise<void> {
  await rm(files.state, { force: true });
}

/** Replaces a file as a whole; nobody but the owner can read it at any moment. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const temporary = `${path}.${systemRandom.hex(4)}.tmp`;
  const file = await open(temporary, "wx", ownerOnly);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Takes the start lock by creating its file; false when another holds it. */
export async function tryLock(files: DataDirectory): Promise<boolean> {
  try {
    await writeFile(files.lock, String(process.pid), { flag: "wx", mode: ownerOnly });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}
