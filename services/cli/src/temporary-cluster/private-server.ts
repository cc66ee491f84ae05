import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@troupe/actor";
import { ensureServer } from "@troupe/nats";
import type { Io } from "../io.ts";
import type { Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";

/**
 * Starts a NATS server for one execution, on a free loopback port with a data folder of its own, and sees
 * to it that it is ended and the folder removed.
 *
 * @param purpose a word for the folder's name
 * @returns its url, with the password
 * @throws what `ensureServer` of `@troupe/nats` throws; InterruptedError on Ctrl-C
 */
export async function startPrivateServer(io: Io, undo: Undo, purpose: string): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), `troupe-${purpose}-`));
  undo.push(
    () => rm(dataDirectory, { recursive: true, force: true }),
    () => rmSync(dataDirectory, { recursive: true, force: true }),
  );
  const starting = ensureServer({ dataDirectory, log: silentLog });
  let pid: number | undefined;
  undo.push(
    // Also when interrupted while it starts: then it is stopped as soon as it has.
    async () => (await starting.catch(() => undefined))?.stop(),
    () => {
      try {
        if (pid !== undefined) process.kill(pid, "SIGKILL");
      } catch {
        // It has ended already, which is what was wanted.
      }
    },
  );
  const server = await unlessInterrupted(io, starting);
  pid = server.pid;
  return server.url;
}
