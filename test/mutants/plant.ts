import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutants.ts";

const root = join(import.meta.dirname, "../..");
/** What the simulator runs, and nothing else. */
const copied = [
  "actor",
  "testkit",
  "coordination",
  "planning",
  "orchestration",
  "data",
  "agents",
  "goals",
];

/** A patch whose text is not there, or more than once: the code has changed under it. */
export class StaleMutantError extends Error {
  readonly mutant: Mutant;
  constructor(mutant: Mutant, times: number) {
    super(`'${mutant.search}' stands ${times} times in ${mutant.file}, not once: adapt the patch`);
    this.name = new.target.name;
    this.mutant = mutant;
  }
}

/** A copy of the packages in a temporary folder, to plant bugs in. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), "troupe-mutants-"));

  constructor() {
    const modules = join(this.folder, "node_modules/@troupe");
    mkdirSync(modules, { recursive: true });
    for (const name of copied) {
      const packageFolder = join(this.folder, "packages", name);
      for (const part of ["package.json", "src"]) {
        cpSync(join(root, "packages", name, part), join(packageFolder, part), { recursive: true });
      }
      symlinkSync(packageFolder, join(modules, name));
      this.#linkDependencies(name);
    }
    cpSync(fileURLToPath(new URL("./find.ts", import.meta.url)), join(this.folder, "find.ts"));
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ type: "module" }));
  }

  #linkDependencies(name: string): void {
    const manifest = readFileSync(join(root, "packages", name, "package.json"), "utf8");
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith("@troupe/")) continue;
      const link = join(this.folder, "node_modules", dependency);
      mkdirSync(join(link, ".."), { recursive: true });
      rmSync(link, { force: true });
      symlinkSync(join(root, "node_modules", dependency), link);
    }
  }

  /**
   * Plants a bug. Returns the undo.
   *
   * @throws StaleMutantError
   */
  plant(mutant: Mutant): () => void {
    const file = join(this.folder, "packages", mutant.file);
    const healthy = readFileSync(file, "utf8");
    const times = healthy.split(mutant.search).length - 1;
    if (times !== 1) throw new StaleMutantError(mutant, times);
    writeFileSync(
      file,
      healthy.replace(mutant.search, () => mutant.replace),
    );
    return () => writeFileSync(file, healthy);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
