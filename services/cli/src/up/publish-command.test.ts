import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { publishCommand, serverWord } from "./publish-command.ts";

test("a shell reads back exactly the bytes that were published", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (source) => {
      const payload = JSON.stringify({ kind: "clean", source: `/it's $HOME \`${source}` });
      const command = publishCommand("nats://127.0.0.1:4222", "troupe.goals", payload);
      const words = execFileSync("sh", ["-c", command.replace(/^nats /, "printf '%s\\0' ")], {
        encoding: "utf8",
      }).split("\0");
      expect(words).toEqual([
        "--server",
        "nats://127.0.0.1:4222",
        "pub",
        "troupe.goals",
        payload,
        "",
      ]);
    }),
    { seed: 11, numRuns: 40 },
  );
});

test("a password is not part of the command, but the file it stands in is", () => {
  expect(serverWord("nats://127.0.0.1:4222", "/data/url")).toBe("nats://127.0.0.1:4222");
  const word = serverWord("nats://u:secret@127.0.0.1:4222", "/da ta/url");
  expect(word).toBe(`"$(cat '/da ta/url')"`);
});
