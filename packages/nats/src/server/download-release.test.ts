import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChecksumMismatchError, DownloadError } from "../errors.ts";
import { downloadRelease } from "./download-release.ts";
import { freePort } from "./launch.ts";
import { pinnedRelease, platformName } from "./pinned-release.ts";

/** A ustar archive of one file, as releases are. */
function tar(path: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(path, 0, "latin1");
  header.write("0000755\0", 100, "latin1");
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\0", 257, "latin1");
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
const program = Buffer.from("#!/bin/sh\necho 'nats-server: v2.99.0'\n");
const archive = gzipSync(tar("nats-server-v2.99.0-linux-test/nats-server", program));

describe("a release is fetched", () => {
  let cache: string;
  let web: Server | undefined;
  const serve = async (listener: RequestListener): Promise<string> => {
    web = createServer(listener).listen(0, "127.0.0.1");
    await once(web, "listening");
    const address = web.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}`;
  };
  const release = (baseUrl: string, sum: string) => ({
    version: "2.99.0",
    baseUrl,
    sha256: { "linux-test": sum },
  });
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "troupe-release-"));
  });
  afterEach(async () => {
    web?.closeAllConnections();
    web?.close();
    web = undefined;
    await rm(cache, { recursive: true, force: true });
  });

  test("and its program put into the cache when the checksum matches", async () => {
    const asked: (string | undefined)[] = [];
    const baseUrl = await serve((request, response) => {
      asked.push(request.url);
      response.end(archive);
    });
    const path = await downloadRelease(cache, release(baseUrl, sha256(archive)), "linux-test");
    expect(asked).toEqual(["/nats-server-v2.99.0-linux-test.tar.gz"]);
    expect(await readFile(path)).toEqual(program);
    expect(await readdir(cache)).toEqual(["nats-server"]);
  });

  test("but refused and removed when it is another file than was published", async () => {
    const wrong = gzipSync(tar("nats-server-v2.99.0-linux-test/nats-server", Buffer.from("evil")));
    const baseUrl = await serve((_, response) => response.end(wrong));
    const failure = await downloadRelease(
      cache,
      release(baseUrl, sha256(archive)),
      "linux-test",
    ).catch((e) => e);
    expect(failure).toBeInstanceOf(ChecksumMismatchError);
    expect(failure).toMatchObject({ expected: sha256(archive), actual: sha256(wrong) });
    expect(await readdir(cache)).toEqual([]);
  });

  test("never without a known checksum", async () => {
    let asked = 0;
    const baseUrl = await serve((_, response) => {
      asked += 1;
      response.end(archive);
    });
    await expect(downloadRelease(cache, release(baseUrl, "x"), "plan9-mips")).rejects.toThrow(
      /no checksum is known for plan9-mips/,
    );
    expect(asked).toBe(0);
  });

  test("and every failure of the network is a clear error that leaves nothing behind", async () => {
    const missing = await serve((_, response) => {
      response.statusCode = 404;
      response.end("not here");
    });
    await expect(
      downloadRelease(cache, release(missing, sha256(archive)), "linux-test"),
    ).rejects.toThrow(/answered 404/);
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(
      downloadRelease(cache, release(nobody, sha256(archive)), "linux-test"),
    ).rejects.toThrow(DownloadError);
    expect(existsSync(join(cache, "nats-server"))).toBe(false);
    expect(await readdir(cache)).toEqual([]);
  });

  test("within seconds or not at all, when the server does not answer", async () => {
    const silent = await serve(() => {});
    const started = performance.now();
    await expect(
      downloadRelease(cache, release(silent, sha256(archive)), "linux-test"),
    ).rejects.toThrow(/no answer within/);
    expect(performance.now() - started).toBeLessThan(5500);
  });
});

test("checksums are pinned for the platforms that releases are built for", () => {
  const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"];
  expect(Object.keys(pinnedRelease.sha256)).toEqual(platforms);
  for (const sum of Object.values(pinnedRelease.sha256)) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  expect(platformName("linux", "x64")).toBe("linux-amd64");
  expect(platformName("darwin", "arm64")).toBe("darwin-arm64");
});
