import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { startTestServer } from "@troupe/nats/testing";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("the first agent of the README runs as it stands there", async () => {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, promised = ""] = /console\.log\(.*\/\/ (.*)$/m.exec(code) ?? [];
  expect(promised).not.toBe("");
  const server = await startTestServer();
  try {
    const args = ["--input-type=module-typescript", "--conditions=troupe:source"];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NATS_URL: server.url, NO_COLOR: "1" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(code);
    const [out] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(out.trim()).toBe(promised);
  } finally {
    await server.stop();
  }
});

test.for([
  "README.md",
  "docs/architecture.md",
  "docs/guarantees.md",
  "docs/actors.md",
  "docs/flows.md",
  "docs/operations.md",
  "docs/orchestration.md",
  "docs/agents.md",
  "docs/reports.md",
  "docs/quality.md",
  "docs/deployment.md",
  "docs/security.md",
  "docs/large-files.md",
])("every file that %s points to exists", (page) => {
  const content = readFileSync(join(root, page), "utf8");
  const links = [...content.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to = ""]) =>
    join(dirname(page), to),
  );
  const code = [...content.matchAll(/`((?:packages|services|test)\/[^`]+)`/g)].map(
    ([, to = ""]) => to,
  );
  expect([...links, ...code].filter((to) => !existsSync(join(root, to)))).toEqual([]);
});
