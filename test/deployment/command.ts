import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const troupe = join(import.meta.dirname, "..", "..", "services", "cli", "src", "main.ts");

/** A line that a command wrote. */
interface News {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A `troupe` command with `--json` as a process of its own, heard line by line. */
export class Command {
  readonly news: News[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #observers = new Set<() => void>();

  constructor(folder: string, args: readonly string[]) {
    const { NATS_URL: _server, TROUPE_DATA: _data, ...environment } = process.env;
    const command = ["--conditions=troupe:source", troupe, ...args, "--json"];
    this.child = spawn(process.execPath, command, {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.child.stdout === null) throw new Error("no output to read");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.news.push(JSON.parse(line));
      for (const look of [...this.#observers]) look();
    });
    this.ended = once(this.child, "close").then(([code]) => code);
  }

  until(type: string): Promise<News> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.news.find((each) => each.type === type);
        if (found === undefined) return;
        this.#observers.delete(look);
        resolve(found);
      };
      this.#observers.add(look);
      look();
    });
  }
}
