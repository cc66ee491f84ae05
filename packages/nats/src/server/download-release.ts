import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ensureError, systemRandom } from "@troupe/actor";
import { ChecksumMismatchError, DownloadError } from "../errors.ts";
import { installBinary } from "./binary-cache.ts";
import { type PinnedRelease, pinnedRelease, platformName } from "./pinned-release.ts";
import { tarEntry } from "./tar-entry.ts";

/** No answer within this time means that the network does not lead there. */
const answerLimitMs = 4000;
const transferLimitMs = 120_000;
const largestArchiveBytes = 64 * 1024 * 1024;

/**
 * Fetches the pinned release for this machine into the cache and returns the program's path.
 * An archive whose sha256 is not the pinned one is deleted and refused with
 * `ChecksumMismatchError`; everything else that fails is a `DownloadError`.
 */
export async function downloadRelease(
  cacheDirectory: string,
  release: PinnedRelease = pinnedRelease,
  platform: string = platformName(),
): Promise<string> {
  const file = `nats-server-v${release.version}-${platform}.tar.gz`;
  const url = `${release.baseUrl}/${file}`;
  const expected = release.sha256[platform];
  if (expected === undefined) {
    throw new DownloadError(url, `no checksum is known for ${platform}, so it is not trusted`);
  }
  await mkdir(cacheDirectory, { recursive: true });
  const archive = join(cacheDirectory, `${file}.${systemRandom.hex(4)}.part`);
  try {
    const actual = await fetchFile(url, archive);
    if (actual !== expected) throw new ChecksumMismatchError(url, expected, actual);
    const program = tarEntry(await promisify(gunzip)(await readFile(archive)), "nats-server");
    if (program === undefined) throw new DownloadError(url, "it holds no nats-server");
    return await installBinary(cacheDirectory, release.version, "release", program);
  } finally {
    await rm(archive, { force: true });
  }
}

/** Stores what `url` gives in `path`; returns its sha256. */
async function fetchFile(url: string, path: string): Promise<string> {
  const limit = new AbortController();
  const giveUp = (reason: string, ms: number): NodeJS.Timeout =>
    setTimeout(() => limit.abort(new Error(`${reason} within ${ms} ms`)), ms);
  const answer = giveUp("no answer", answerLimitMs);
  const transfer = giveUp("not complete", transferLimitMs);
  try {
    const response = await fetch(url, { signal: limit.signal });
    clearTimeout(answer);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new DownloadError(url, `the server answered ${response.status}`);
    }
    const hash = createHash("sha256");
    let bytes = 0;
    await pipeline(
      Readable.fromWeb(response.body),
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          if (bytes > largestArchiveBytes) done(new Error(`over ${largestArchiveBytes} bytes`));
          else done(null, chunk);
        },
      }),
      createWriteStream(path, { mode: 0o600 }),
    );
    return hash.digest("hex");
  } catch (thrown) {
    if (thrown instanceof DownloadError) throw thrown;
    const cause = ensureError(thrown);
    const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
    throw new DownloadError(url, reason, { cause });
  } finally {
    clearTimeout(answer);
    clearTimeout(transfer);
  }
}
