import type { Clock } from "../ports/clock.ts";
import type { Answer, Asked } from "../system/envelope.ts";
import type { Post } from "./post.ts";

/** An ask that came from another node, where its number is known. */
export class RemoteAsk implements Asked {
  readonly deadline: number;
  readonly chain: readonly string[];
  readonly #post: Post;
  readonly #clock: Clock;
  readonly #from: string;
  readonly #id: number;

  constructor(
    post: Post,
    clock: Clock,
    from: string,
    chain: readonly string[],
    ask: { readonly id: number; readonly deadline: number },
  ) {
    this.chain = chain;
    this.deadline = ask.deadline;
    this.#post = post;
    this.#clock = clock;
    this.#from = from;
    this.#id = ask.id;
  }

  /** By the wall clocks of two nodes: what they differ by, the message may be handled in vain. */
  get isOver(): boolean {
    return this.#clock.now() > this.deadline;
  }

  answer(answer: Answer): void {
    this.#post.send(this.#from, { kind: "answer", id: this.#id, answer });
  }

  taken(): void {
    this.#post.send(this.#from, { kind: "taken", id: this.#id });
  }
}
