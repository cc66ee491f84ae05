import type { Clock } from "@troupe/actor";
import { expect, test } from "vitest";
import type { Io } from "../io.ts";
import { LiveRegion } from "./live-region.ts";
import { plainPaint } from "./paint.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal commands begin with ESC
const commands = /\u001b\[(\?\d+[hl])|\u001b\[(\d+)A\r|(\u001b\[J)|([^\u001b]+)/g;

/** A terminal that understands what the region uses, and a clock moved by hand. */
class Terminal {
  readonly lines: string[] = [""];
  cursorShown = true;
  #row = 0;
  #due: (() => void) | undefined;
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  write(text: string): void {
    for (const [, mode, up, clear, chunk] of text.matchAll(commands)) {
      if (mode?.startsWith("?25") === true) this.cursorShown = mode === "?25h";
      if (up !== undefined) this.#row -= Number(up);
      if (clear !== undefined) this.lines.splice(this.#row, Number.POSITIVE_INFINITY, "");
      if (chunk !== undefined) this.#print(chunk);
    }
  }

  #print(chunk: string): void {
    const [first = "", ...rest] = chunk.split("\n");
    this.lines[this.#row] = (this.lines[this.#row] ?? "") + first;
    for (const line of rest) {
      this.#row += 1;
      this.lines[this.#row] = line;
    }
  }

  tick(): void {
    this.#due?.();
  }

  get text(): string {
    return this.lines.join("\n").trimEnd();
  }

  get io(): Io {
    const clock: Clock = {
      now: () => 0,
      monotonic: () => 0,
      schedule: (_delayMs, callback) => {
        this.#due = callback;
        return () => {
          this.#due = undefined;
        };
      },
    };
    const out = {
      write: (text: string) => this.write(text),
      live: true,
      paint: plainPaint,
      columns: () => 80,
      rows: () => this.#rows,
    };
    return {
      out,
      err: out,
      readInput: async () => "",
      environment: {},
      directory: "/",
      clock,
      random: { next: () => 0, hex: () => "" },
      interrupted: new AbortController().signal,
      onSecondInterrupt: () => () => {},
      leaveSignals: () => {},
    };
  }
}

test("each frame replaces the one before it, also when it is shorter", () => {
  const terminal = new Terminal(24);
  terminal.write("before\n");
  let frame = ["one", "two", "three"];
  const region = new LiveRegion(terminal.io, () => frame);
  expect(terminal.text).toBe("before\none\ntwo\nthree");
  frame = ["four"];
  terminal.tick();
  expect(terminal.text).toBe("before\nfour");
  region.end();
  expect(terminal.text).toBe("before\nfour");
});

test("lines said meanwhile stay above the region", () => {
  const terminal = new Terminal(24);
  const region = new LiveRegion(terminal.io, () => ["working"]);
  region.above(["node-1 is gone"]);
  terminal.tick();
  expect(terminal.text).toBe("node-1 is gone\nworking");
});

test("a frame higher than the terminal shows its end, and all of it once the region ends", () => {
  const terminal = new Terminal(3);
  const region = new LiveRegion(terminal.io, () => ["one", "two", "three", "four"]);
  expect(terminal.text).toBe("three\nfour");
  region.end();
  expect(terminal.text).toBe("one\ntwo\nthree\nfour");
});

test("the cursor is hidden while lines are redrawn and comes back at the end", () => {
  const terminal = new Terminal(24);
  const region = new LiveRegion(terminal.io, () => ["working"]);
  expect(terminal.cursorShown).toBe(false);
  region.end(false);
  expect(terminal).toMatchObject({ cursorShown: true, text: "" });
  terminal.tick();
  expect(terminal.text).toBe("");
});
