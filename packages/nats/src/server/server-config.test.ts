import { expect, test } from "vitest";
import { parseVersion } from "../connection/server-version.ts";
import { serverConfig } from "./server-config.ts";

const config = (version: string): string =>
  serverConfig({
    version: parseVersion(version),
    port: 4222,
    serverName: "s",
    user: "u",
    password: 'p"w',
    storeDirectory: "/data dir/js",
  });

test("asks for a sync of every write from 2.10 on, where the key exists", () => {
  expect(config("2.10.0")).toContain("sync_interval: always");
  expect(config("2.9.25")).not.toContain("sync_interval");
});

test("listens on loopback, wants a password, and quotes what it writes", () => {
  const text = config("2.9.10");
  expect(text).toContain('host: "127.0.0.1"');
  expect(text).toContain('password: "p\\"w"');
  expect(text).toContain('store_dir: "/data dir/js"');
  expect(text).toContain("jetstream {");
});
