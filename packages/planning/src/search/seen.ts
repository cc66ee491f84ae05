import { join } from "./hashing.ts";
import type { Choice, Node } from "./node.ts";
import { tolerance } from "./solutions.ts";
import { situationHash } from "./tabling.ts";
import { Visited } from "./visited.ts";

/** The nodes of one pass of a search, by facts and tasks left, so that none is searched twice for nothing. */
export class Seen {
  readonly #isGraph: boolean;
  readonly #visited = new Visited();
  readonly #onPath = new Visited();
  #loops = 0;

  /**
   * @param isGraph whether one plan is enough, so that a node need be searched again only when it is reached at a lower
   *   value; otherwise all ways to a node count, unless nothing came of it
   */
  constructor(isGraph: boolean) {
    this.#isGraph = isGraph;
  }

  /** How many nodes were left out because they are being searched, or were. */
  get loops(): number {
    return this.#loops;
  }

  /** Whether searching the node can bring anything that was not brought before; notes that it is searched. */
  isNew(node: Node): boolean {
    const { state } = node;
    const [c, d] = fingerprint(node);
    const before = this.#visited.get(state.a, state.b, c, d);
    if (this.#isGraph) {
      if (before !== undefined && before <= node.value + tolerance) {
        this.#loops++;
        return false;
      }
      this.#visited.set(state.a, state.b, c, d, node.value);
      return true;
    }
    if (before !== undefined) return false;
    if (this.#onPath.get(state.a, state.b, c, d) === 1) {
      this.#loops++;
      return false;
    }
    this.#onPath.set(state.a, state.b, c, d, 1);
    return true;
  }

  /** A node is done with. @param offered how many plans there were by now */
  leave({ node, solutionsBefore, loopsBefore }: Choice, offered: number): void {
    if (this.#isGraph) return;
    const { state, agenda } = node;
    const [c, d] = fingerprint(node);
    this.#onPath.set(state.a, state.b, c, d, 0);
    const dead = offered === solutionsBefore && this.#loops === loopsBefore;
    if (dead && !agenda.empty) this.#visited.set(state.a, state.b, c, d, 0);
  }
}

function fingerprint(node: Node): readonly [number, number] {
  const { a, b } = node.agenda;
  const extra = situationHash(node);
  return extra === 0 ? [a, b] : [join(a, extra), join(b, extra)];
}
