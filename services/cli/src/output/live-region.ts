import type { Cancel } from "@troupe/actor";
import type { Io } from "../io.ts";
import { screenOf } from "../io.ts";
import { type Screen, spinnerMs } from "./screen.ts";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Terminals that know it show everything in between at once; others ignore it. */
const beginFrame = "\u001b[?2026h";
const endFrame = "\u001b[?2026l";
const clearBelow = "\u001b[J";

/** The last lines of a terminal, drawn again and again in place. */
export class LiveRegion {
  readonly #io: Io;
  readonly #render: (now: number, screen: Screen) => readonly string[];
  readonly #forget: () => void;
  #drawn = 0;
  #cancel: Cancel = () => {};
  #ended = false;

  constructor(io: Io, render: (now: number, screen: Screen) => readonly string[]) {
    this.#io = io;
    this.#render = render;
    this.#forget = io.onSecondInterrupt(() => io.out.write(showCursor));
    io.out.write(hideCursor);
    this.#turn();
  }

  /** Writes lines above the region, where they stay. */
  above(lines: readonly string[]): void {
    this.#io.out.write(this.#erase() + lines.map((line) => `${line}\n`).join(""));
    this.#drawn = 0;
    this.#draw(this.#frame());
  }

  /** Draws the region a last time, in full, and leaves it standing; or, with `false`, removes it. */
  end(keep = true): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancel();
    this.#forget();
    if (keep) this.#draw(this.#frame(Number.POSITIVE_INFINITY));
    else this.#io.out.write(this.#erase());
    this.#io.out.write(showCursor);
  }

  #turn(): void {
    this.#draw(this.#frame());
    this.#cancel = this.#io.clock.schedule(spinnerMs, () => this.#turn());
  }

  /** What is higher than the terminal could not be drawn over again: only its end is shown. */
  #frame(rows = this.#io.out.rows() - 1): readonly string[] {
    const lines = this.#render(this.#io.clock.now(), screenOf(this.#io.out));
    return lines.length > rows ? lines.slice(-rows) : lines;
  }

  #draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#io.out.write(beginFrame + this.#erase() + text + endFrame);
    this.#drawn = lines.length;
  }

  #erase(): string {
    return this.#drawn === 0 ? "" : `\u001b[${this.#drawn}A\r${clearBelow}`;
  }
}
