import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { startTestServer } from "@troupe/nats/testing";
import { expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("the first agent of the README wins the task that the README publishes, and does it", async () => {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, goal = ""] = /^echo '(.*)' \|$/m.exec(readme) ?? [];
  // Below the packages that it imports.
  mkdirSync(join(root, ".troupe"), { recursive: true });
  const folder = mkdtempSync(join(root, ".troupe", "readme-"));
  const plugin = join(folder, "librarian.ts");
  writeFileSync(plugin, code);
  const deployment = await Deployment.start({
    nodes: 1,
    environment: { TROUPE_PLUGINS: plugin },
  });
  try {
    const { client } = deployment;
    const { goal: id } = await client.submit(JSON.parse(goal));
    await deployment.follow(id);
    expect(await client.show(id)).toMatchObject({
      task: [{ id: "words", winner: "n1/librarian" }],
      result: { results: { words: ["better", "minute", "hours"] } },
    });
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the first actor of docs/actors.md on two nodes runs as it stands there", async () => {
  const page = readFileSync(join(root, "docs", "actors.md"), "utf8");
  const [, code = ""] = /### Two nodes[\s\S]*?```ts\n([\s\S]*?)```/.exec(page) ?? [];
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
