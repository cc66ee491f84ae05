import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { InvalidValueError, NotPlainDataError } from "../errors.ts";
import { contentDigest, resultKey } from "./result-key.ts";

const digest = "a".repeat(64);
const task = { type: "profile", version: 2, input: { rows: 10, path: "x" }, files: { in: digest } };

test("a key is the same in every release", () => {
  expect(resultKey(task)).toBe("94771332141f93ec8d6030b2d31284421662079b4081517668982a07e3e7f53b");
});

test("the same content gives the same key, in whatever order it was written down", () => {
  const input = { path: "x", none: undefined, rows: 10 };
  expect(resultKey({ files: { in: digest }, input, version: 2, type: "profile" })).toBe(
    resultKey(task),
  );
});

test("type, version, input, the role of a file and its content each make another key", () => {
  const keys = [
    task,
    { ...task, type: "clean" },
    { ...task, version: 3 },
    { ...task, version: "2" },
    { ...task, input: { rows: 11, path: "x" } },
    { ...task, input: undefined },
    { ...task, files: { out: digest } },
    { ...task, files: { in: `b${digest.slice(1)}` } },
    { ...task, files: {} },
  ].map(resultKey);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a changed byte of a file makes another key, another path does not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-key-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const content = new Uint8Array(300_000).fill(7);
  const keyOf = async (name: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    const file = await contentDigest(createReadStream(join(folder, name)));
    expect(file).toBe(await contentDigest(content));
    return resultKey({ ...task, files: { in: file } });
  };
  const first = await keyOf("here.csv");
  expect(await keyOf("there.csv")).toBe(first);
  content[250_000] = 8;
  expect(await keyOf("here.csv")).not.toBe(first);
});

test("refuses what would make a key that says too little", () => {
  expect(() => resultKey({ ...task, type: "" })).toThrow(InvalidValueError);
  expect(() => resultKey({ ...task, version: "" })).toThrow(InvalidValueError);
  expect(() => resultKey({ ...task, files: { in: "/data/in.csv" } })).toThrow(/files.in is/);
  expect(() => resultKey({ ...task, input: { at: new Date(0) } })).toThrow(NotPlainDataError);
  expect(() => resultKey({ ...task, version: Number.NaN })).toThrow(NotPlainDataError);
});
