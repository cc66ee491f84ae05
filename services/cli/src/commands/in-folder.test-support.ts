import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Output, processIo } from "../io.ts";
import { run } from "../run.ts";

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own for the tests of a file, removed after them, and commands that are run there in this process. */
export function commandsInFolder() {
  const folder = mkdtempSync(join(tmpdir(), "troupe-command-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const real = processIo();
  return {
    folder,
    write: (file: string, text: string): void => writeFileSync(join(folder, file), text),
    troupe: async (...args: readonly string[]): Promise<Ran> => {
      const written = { out: "", err: "" };
      const output = (to: "out" | "err"): Output => ({
        ...real[to],
        write: (text) => {
          written[to] += text;
        },
      });
      const io = { ...real, directory: folder, out: output("out"), err: output("err") };
      return { code: await run(io, args), ...written };
    },
  };
}
