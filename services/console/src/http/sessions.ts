import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "@troupe/actor";

/** How long a browser stays logged in, milliseconds. */
const sessionMs = 12 * 3_600_000;
/** Most browsers logged in; the oldest is logged out. */
const sessionLimit = 1000;

/** The cookie of a session. */
export const sessionCookie = "troupe_session";
/** Seconds that the cookie of a session is kept by the browser. */
export const sessionSeconds = sessionMs / 1000;

/** Who may use the console: those who know the token, and browsers that have shown it. */
export class Sessions {
  readonly #token: string | undefined;
  readonly #clock: Clock;
  readonly #endsAt = new Map<string, number>();

  /** @param token what to log in with; undefined: everybody may */
  constructor(token: string | undefined, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
  }

  /** Whether people have to log in. */
  get needed(): boolean {
    return this.#token !== undefined;
  }

  /** Whether this is the token. Takes as long whatever is wrong with it. */
  knows(token: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(token), digest(this.#token));
  }

  /** Begins a session. @returns what the browser has to show from now on */
  begin(): string {
    const id = randomBytes(32).toString("base64url");
    this.#endsAt.set(id, this.#clock.monotonic() + sessionMs);
    if (this.#endsAt.size > sessionLimit) {
      const [oldest] = this.#endsAt.keys();
      if (oldest !== undefined) this.#endsAt.delete(oldest);
    }
    return id;
  }

  isOpen(id: string | undefined): boolean {
    const endsAt = id === undefined ? undefined : this.#endsAt.get(id);
    return endsAt !== undefined && endsAt > this.#clock.monotonic();
  }

  end(id: string): void {
    this.#endsAt.delete(id);
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
