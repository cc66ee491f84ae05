import { drained, making, meter, pipelined, sequential } from "../meter.ts";
import { report, tellFigures } from "./report.ts";

interface Message {
  readonly resolve?: (count: number) => void;
}

/** The least that can be called a mailbox: an array, drained in a microtask, and none of an actor's promises. */
class Box {
  seen = 0;
  #queue: Message[] = [];
  #at = 0;
  #running = false;

  tell(message: Message): void {
    this.#queue.push(message);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => this.#run());
  }

  #run(): void {
    for (let budget = 256; this.#at < this.#queue.length; budget -= 1) {
      if (budget === 0) {
        setImmediate(() => this.#run());
        return;
      }
      const message = this.#queue[this.#at];
      this.#at += 1;
      this.seen += 1;
      message?.resolve?.(this.seen);
    }
    this.#queue = [];
    this.#at = 0;
    this.#running = false;
  }
}

const box = new Box();
for (let i = 0; i < 50_000; i += 1) box.tell({});
await drained(() => box.seen === 50_000);
box.seen = 0;
const tells = 2_000_000;
const rate = meter();
for (let i = 0; i < tells; i += 1) {
  box.tell({});
  if ((i & 8191) === 0) await new Promise(setImmediate);
}
await drained(() => box.seen === tells);
const tell = tellFigures(rate(tells));
const ask = () => new Promise((resolve) => box.tell({ resolve }));
const askMicros = await sequential(50_000, 100_000, ask);
const asks = (await pipelined(200_000, 512, ask)).perSecond;
const { perSecond: spawn, heapBytes } = await making(20_000, (count) =>
  Array.from({ length: count }, () => new Box()),
);
report({ ...tell, askMicros, asks, spawn, heapBytes });
process.exit();
