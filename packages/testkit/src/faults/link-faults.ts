import type { Clock, Random } from "@troupe/actor";
import type { Links } from "../in-memory-network.ts";
import { happens } from "./chance.ts";

/**
 * What goes wrong on a link. All off by default. Read for each message, so that an object whose
 * fields change, or are getters, makes a schedule.
 */
export interface LinkTrouble {
  /** Probability that a message is lost. */
  readonly drop?: number;
  /** Probability that it comes twice. NATS core promises that it does not. */
  readonly duplicate?: number;
  /** Mean delay in milliseconds; delays are exponentially distributed, cut at ten times the mean. */
  readonly delayMs?: number;
  /** Probability that it does not wait for those before it. NATS core promises that it does. */
  readonly reorder?: number;
}

interface LinkFaultOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Trouble of every link that was given none of its own. */
  readonly everywhere?: LinkTrouble;
}

const longestDelay = 10;

/** Losses, delays and partitions between the peers of an `InMemoryNetwork`, by a seed. */
export class LinkFaults implements Links {
  readonly #options: LinkFaultOptions;
  readonly #troubles = new Map<string, LinkTrouble>();
  readonly #cuts = new Set<{ readonly from: string; readonly to: string }>();
  /** When the latest message of each link arrives; later ones queue up behind it. */
  readonly #arrivals = new Map<string, number>();

  constructor(options: LinkFaultOptions) {
    this.#options = options;
  }

  /** Gives one direction between two peers trouble of its own, in place of the one before. */
  trouble(from: string, to: string, trouble: LinkTrouble): void {
    this.#troubles.set(linkOf(from, to), trouble);
  }

  /** Cuts one direction: what `from` sends does not reach `to`. Returns the repair. */
  cut(from: string, to: string): () => void {
    const cut = { from, to };
    this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }

  /** Cuts both directions between every peer of one side and every peer of the other. */
  partition(side: readonly string[], other: readonly string[]): () => void {
    const repairs = side.flatMap((a) => other.flatMap((b) => [this.cut(a, b), this.cut(b, a)]));
    return () => {
      for (const repair of repairs) repair();
    };
  }

  /** Ends all partitions and the trouble of single links. What was lost stays lost. */
  heal(): void {
    this.#troubles.clear();
    this.#cuts.clear();
  }

  delays(from: string, to: string): readonly number[] {
    const { random, everywhere = {} } = this.#options;
    const trouble = this.#troubles.get(linkOf(from, to)) ?? everywhere;
    if (this.#isCut(from, to) || happens(random, trouble.drop)) return [];
    const copies = happens(random, trouble.duplicate) ? 2 : 1;
    return Array.from({ length: copies }, () => this.#delay(linkOf(from, to), trouble));
  }

  #isCut(from: string, to: string): boolean {
    for (const cut of this.#cuts) if (cut.from === from && cut.to === to) return true;
    return false;
  }

  #delay(link: string, { delayMs = 0, reorder }: LinkTrouble): number {
    const { clock, random } = this.#options;
    const drawn = delayMs === 0 ? 0 : -Math.log(1 - random.next()) * delayMs;
    const delay = Math.round(Math.min(drawn, delayMs * longestDelay));
    if (happens(random, reorder)) return delay;
    const arrival = Math.max(clock.monotonic() + delay, this.#arrivals.get(link) ?? 0);
    this.#arrivals.set(link, arrival);
    return arrival - clock.monotonic();
  }
}

function linkOf(from: string, to: string): string {
  return `${from} ${to}`;
}
