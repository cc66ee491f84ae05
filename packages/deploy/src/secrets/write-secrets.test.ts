import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeSecrets } from "./write-secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "troupe-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tenants = [{ name: "main" }];

test("each user has a file with a password that nobody else has, in a folder that only its owner may enter", async () => {
  const directory = join(folder, "new");
  const users = await writeSecrets({ directory, tenants });
  expect(users.map(({ user }) => user)).toEqual(
    ["n1", "n2", "n3", "publisher", "observer", "console"].map((user) => `main-${user}`),
  );
  const passwords = users.map(({ url }) => new URL(url).password);
  expect(new Set(passwords).size).toBe(users.length);
  for (const password of passwords) expect(password).toMatch(/^[\w-]{43}$/);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const { user, url } of users) {
    expect(readFileSync(join(directory, `${user}.env`), "utf8")).toContain(`NATS_URL=${url}\n`);
  }
});

test("containers can read the files, also when those of their owner are for nobody else", async () => {
  const directory = join(folder, "guarded");
  const before = process.umask(0o077);
  try {
    await writeSecrets({ directory, tenants, tls: true });
  } finally {
    process.umask(before);
  }
  const modes = readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => [
    entry.isDirectory(),
    statSync(join(entry.parentPath, entry.name)).mode & 0o777,
  ]);
  expect(modes.length).toBeGreaterThan(10);
  for (const [isFolder, mode] of modes) expect(mode).toBe(isFolder ? 0o755 : 0o644);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("secrets that exist are never overwritten", async () => {
  const directory = join(folder, "kept");
  await writeSecrets({ directory, tenants });
  const before = readFileSync(join(directory, "nats/users.conf"), "utf8");
  await expect(writeSecrets({ directory, tenants })).rejects.toMatchObject({
    code: "secrets-exist",
  });
  expect(readFileSync(join(directory, "nats/users.conf"), "utf8")).toBe(before);
});

test("what fails half way leaves nothing behind", async () => {
  const directory = join(folder, "half");
  // No certificate can be made out for a name with a line break.
  const failing = writeSecrets({ directory, tenants, server: "a\nb:4222", tls: true });
  await expect(failing).rejects.toMatchObject({ code: "certificate" });
  expect(existsSync(directory)).toBe(false);
});

test.each([
  [[], "Too small"],
  [[{ name: "a.b" }], "0.name"],
  [[{ name: "a", nodes: ["n1", "n1"] }], "two users would be called 'a-n1'"],
  [[{ name: "a" }, { name: "a" }], "two users would be called 'a-n1'"],
  [
    [
      { name: "a-b", nodes: ["c"] },
      { name: "a", nodes: ["b-c"] },
    ],
    "'a-b-c'",
  ],
  [[{ name: "a", fileBytes: -1 }], "0.fileBytes"],
])("tenants that cannot be are refused, and no folder is made: %j", async (wrong, message) => {
  const directory = join(folder, "refused");
  await expect(writeSecrets({ directory, tenants: wrong })).rejects.toThrow(message);
  expect(readdirSync(folder)).not.toContain("refused");
});
