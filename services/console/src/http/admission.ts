import type { HttpBindings } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Clock, Log } from "@troupe/actor";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { HeaderValues, ProxiedPeople } from "../identity/proxied-people.ts";
import { type Person, roleOf } from "../identity/roles.ts";
import type { IdentitySettings } from "../identity/settings.ts";
import type { RateLimit } from "./rate-limit.ts";
import { type Sessions, sessionCookie } from "./sessions.ts";

/** Longest name that is recorded. */
const nameLength = 200;
/** The log tells at most so often of requests that name people and are not believed, milliseconds. */
const tellEveryMs = 60_000;
/** How long what a header says of somebody counts, milliseconds: a token says it itself. */
const namedMs = 60_000;

/** Somebody who is let in. */
export interface Caller {
  /** How they are known: by a session of a browser, the token, a proxy; or everybody is let in. */
  readonly way: "anybody" | "session" | "token" | "proxy";
  /** The name that a proxy gives them; without one they say it themselves. */
  readonly user?: string;
  readonly mayAct: boolean;
  /** Until when that holds, milliseconds since the epoch. Default: as long as their session, or the console's own token. */
  readonly until?: number;
}

/** Somebody who is not. */
export interface Refusal {
  readonly status: 401 | 403 | 429 | 503;
  readonly reason: string;
  readonly description: string;
  readonly waitSeconds?: number;
}

declare module "hono" {
  interface ContextVariableMap {
    /** Who makes the request, or why they may not. */
    admitted: Caller | Refusal;
  }
}

export interface AdmissionOptions {
  readonly sessions: Sessions;
  /** Whom a proxy names. Undefined: none says who people are. */
  readonly people: ProxiedPeople | undefined;
  readonly roles: Pick<IdentitySettings, "operators" | "viewers">;
  /** Wrong tokens by who brings them, however they do. */
  readonly attempts: RateLimit;
  readonly clock: Clock;
  readonly log: Log;
}

/** Decides who is let in, as whom, and what they may do. */
export class Admission {
  readonly #options: AdmissionOptions;
  #disbelieved = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Whether people have to log in with the token, unless a proxy names them. */
  get byToken(): boolean {
    return this.#options.sessions.needed;
  }

  /** Decides about each request, before anything is done for it. */
  middleware(): MiddlewareHandler {
    return async (context, next) => {
      context.set("admitted", await this.decide(context));
      return next();
    };
  }

  /** Whether somebody who was let in still is: for answers that take long. */
  holds(context: Context): boolean {
    const { sessions, clock } = this.#options;
    const caller = callerIn(context);
    if (caller?.way === "session") return sessions.isOpen(getCookie(context, sessionCookie));
    return caller !== undefined && (caller.until ?? Number.POSITIVE_INFINITY) > clock.now();
  }

  /**
   * The name under which something is recorded. Whom a proxy names cannot choose another, and beside such people it is
   * seen who has only said a name.
   */
  signature(context: Context, claimed: string): string {
    const { way, user } = callerIn(context) ?? { way: "anybody", user: undefined };
    if (user !== undefined) return user;
    if (this.#options.people === undefined) return claimed;
    const mark = ` (by ${way})`;
    return `${claimed.slice(0, nameLength - mark.length)}${mark}`;
  }

  /** Who makes a request, as things stand now. */
  async decide(context: Context): Promise<Caller | Refusal> {
    const { sessions, people } = this.#options;
    const named = await this.#named(context);
    if (named !== undefined) return named;
    if (sessions.needed) {
      const brought = this.#bearer(context);
      if (brought !== undefined) return brought;
      const cookie = getCookie(context, sessionCookie);
      if (sessions.isOpen(cookie)) return { way: "session", mayAct: true };
    } else if (people === undefined) {
      return { way: "anybody", mayAct: true };
    }
    const description = sessions.needed
      ? "Log in with the token that the console printed."
      : "Come through the proxy that says who you are; this request names nobody who may be believed.";
    return { status: 401, reason: "not-logged-in", description };
  }

  /** By whom requests are counted: the person whom a proxy names, else the address that a request began at. */
  countedBy(context: Context): string {
    const user = callerIn(context)?.user;
    return user === undefined ? this.#originOf(context) : `user ${user}`;
  }

  #originOf(context: Context): string {
    const address = addressOf(context);
    return this.#options.people?.origin(address, headersOf(context)) ?? address;
  }

  /** Somebody whom a proxy names; undefined when none does. */
  async #named(context: Context): Promise<Caller | Refusal | undefined> {
    const { people } = this.#options;
    if (people === undefined) return undefined;
    const address = addressOf(context);
    const named = await people.who(address, headersOf(context));
    switch (named.is) {
      case "nobody":
        return undefined;
      case "elsewhere":
        this.#disbelieve(address, `'${named.header}' does not come from a proxy`);
        return undefined;
      case "refused":
        this.#disbelieve(address, named.why);
        return {
          status: 401,
          reason: "not-believed",
          description: `Who you are cannot be believed: ${named.why}.`,
        };
      case "unverifiable":
        this.#disbelieve(address, `the keys cannot be read: ${named.why}`);
        return {
          status: 503,
          reason: "unverifiable",
          description: "The keys with which tokens are verified cannot be read; try again soon.",
        };
      case "known":
        return this.#callerFor(named.person);
    }
  }

  #callerFor(person: Person): Caller | Refusal {
    const role = roleOf(person, this.#options.roles);
    if (role === undefined) {
      const description = `'${person.user}' may not use this console.`;
      return { status: 403, reason: "not-allowed", description };
    }
    const { user, until = this.#options.clock.now() + namedMs } = person;
    return { way: "proxy", user, mayAct: role === "operator", until };
  }

  /** Somebody who brings the token; undefined when none is brought, or a wrong one. */
  #bearer(context: Context): Caller | Refusal | undefined {
    const { sessions, attempts } = this.#options;
    const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (token === undefined) return undefined;
    const origin = this.#originOf(context);
    const wait = attempts.wait(origin);
    if (wait > 0) return tooManyAttempts(wait);
    if (sessions.knows(token)) return { way: "token", mayAct: true };
    attempts.take(origin);
    return undefined;
  }

  #disbelieve(address: string, why: string): void {
    const { clock, log } = this.#options;
    this.#disbelieved += 1;
    if (clock.monotonic() - this.#toldAt < tellEveryMs) return;
    this.#toldAt = clock.monotonic();
    const so = { address, why, count: this.#disbelieved };
    log("warn", "a request says who it is from, and is not believed", so);
  }
}

/** Who makes a request; undefined when they are not let in. */
export function callerIn(context: Context): Caller | undefined {
  const admitted = context.get("admitted");
  return "status" in admitted ? undefined : admitted;
}

function headersOf(context: Context): HeaderValues {
  return (context.env as HttpBindings).incoming.headersDistinct;
}

/** Where the connection of a request comes from. */
function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? "unknown";
}

/** The answer to who has tried too many tokens. */
export function tooManyAttempts(waitSeconds: number): Refusal {
  return {
    status: 429,
    reason: "too-many-requests",
    description: "Too many attempts; wait a little.",
    waitSeconds,
  };
}
