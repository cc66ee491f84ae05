import { reheardMs, spokenForMs } from "./bounds.ts";

/** Whether one node can be heard by another: `gone` when it is down, or has said goodbye. */
export type Audible = "heard" | "unheard" | "gone";

/** From when to when a node may be missed, virtual milliseconds. */
export interface Absence {
  readonly from: number;
  readonly until: number;
}

interface Silence {
  readonly began: number;
  /** Since when the node was `gone`, if it was in this silence. */
  goneAt: number | undefined;
  /** When it was last known to go on. */
  lasted: number;
}

/**
 * When one life of a node may miss another node. Who is gone may be missed at once; who is only not
 * heard, because messages are lost or it sleeps, once the silence is as long as suspicion takes.
 */
export class Silences {
  readonly #silences: Silence[];
  #isSilent = true;

  /** @param now when the life began: it has heard nothing yet */
  constructor(now: number) {
    this.#silences = [{ began: now, goneAt: now, lasted: now }];
  }

  /** To be told after each step how things are from now on. */
  is(audible: Audible, now: number): void {
    const latest = this.#silences.at(-1);
    if (latest !== undefined && this.#isSilent) latest.lasted = now;
    this.#isSilent = audible !== "heard";
    if (!this.#isSilent) return;
    // In a gap so short maybe nothing was heard.
    const goesOn = latest !== undefined && now - latest.lasted <= reheardMs;
    const silence = goesOn ? latest : { began: now, goneAt: undefined, lasted: now };
    if (!goesOn) this.#silences.push(silence);
    if (audible === "gone") silence.goneAt ??= now;
  }

  /** In order, apart from each other. */
  absences(now: number): readonly Absence[] {
    return this.#silences
      .map(({ began, goneAt, lasted }, index) => {
        const goesOn = this.#isSilent && index === this.#silences.length - 1;
        return {
          from: Math.min(goneAt ?? Number.POSITIVE_INFINITY, began + spokenForMs),
          until: (goesOn ? now : lasted) + reheardMs,
        };
      })
      .filter(({ from, until }) => from <= until);
  }
}
