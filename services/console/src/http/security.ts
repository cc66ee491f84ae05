import { getConnInfo } from "@hono/node-server/conninfo";
import type { Clock } from "@troupe/actor";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import { isLoopback } from "../config.ts";
import { problem } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";
import type { Sessions } from "./sessions.ts";

/** The cookie of a session. */
export const sessionCookie = "troupe_session";
/** The header that every write of a browser must have: pages of other origins cannot send it unasked. */
const writeHeader = "x-troupe-console";
/** Largest request, bytes. */
const bodyBytes = 512 * 1024;
/** Requests of one address: so many at once, and then so many a second. */
const requests = { burst: 300, perSecond: 50 };
const writes = { burst: 60, perSecond: 2 };

const headers: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** Where a request comes from. */
export function callerOf(context: Context): string {
  return getConnInfo(context).remote.address ?? "unknown";
}

/** Headers that keep browsers from doing what the console never asks for. */
export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  };
}

/**
 * Refuses requests to what is no host, and to another host than this machine when only this machine is served: a
 * page from elsewhere could otherwise reach the console by a name of its own that means 127.0.0.1 (DNS rebinding).
 */
export function sameMachine(host: string): MiddlewareHandler {
  return async (context, next) => {
    const named = context.req.header("host") ?? "";
    const asked = URL.parse(`http://${named}`)?.hostname.replace(/^\[|\]$/g, "");
    if (asked === undefined) {
      return problem(context, 400, "wrong-host", "The host of the request is no address.");
    }
    if (isLoopback(host) && !isLoopback(asked)) {
      return problem(
        context,
        403,
        "wrong-host",
        `This console is not '${asked}'; use its address.`,
      );
    }
    return next();
  };
}

export function limits(clock: Clock): MiddlewareHandler[] {
  const all = new RateLimit({ ...requests, clock });
  const writing = new RateLimit({ ...writes, clock });
  return [
    async (context, next) => {
      const limit = isWrite(context) ? writing : all;
      const wait = limit.take(callerOf(context));
      if (wait === 0) return next();
      context.header("retry-after", String(Math.ceil(wait)));
      return problem(context, 429, "too-many-requests", "Too many requests; try again soon.", true);
    },
    bodyLimit({
      maxSize: bodyBytes,
      onError: (context) =>
        problem(context, 413, "too-large", `A request may have ${bodyBytes} bytes at most.`),
    }),
  ];
}

/**
 * Lets those in who are logged in, or who bring the token (`authorization: Bearer`). Writes of browsers must also
 * come from a page of the console: by their origin, and by a header that other pages cannot send (CSRF).
 *
 * @param attempted wrong tokens by address, however they are brought
 */
export function guard(sessions: Sessions, attempted: RateLimit): MiddlewareHandler {
  return async (context, next) => {
    const token = bearerOf(context);
    if (token !== undefined && sessions.needed) {
      const wait = attempted.wait(callerOf(context));
      if (wait > 0) return tooManyAttempts(context, wait);
      if (sessions.knows(token)) return next();
      attempted.take(callerOf(context));
    }
    if (!isIn(context, sessions)) {
      return problem(
        context,
        401,
        "not-logged-in",
        "Log in with the token that the console printed.",
      );
    }
    if (isWrite(context) && !isFromHere(context)) return foreign(context);
    return next();
  };
}

/** Whether somebody is logged in, or brings the token, at this moment. */
export function isIn(context: Context, sessions: Sessions): boolean {
  if (!sessions.needed || sessions.isOpen(getCookie(context, sessionCookie))) return true;
  const token = bearerOf(context);
  return token !== undefined && sessions.knows(token);
}

/** The answer to who has tried too many tokens. */
export function tooManyAttempts(context: Context, waitSeconds: number): Response {
  context.header("retry-after", String(Math.ceil(waitSeconds)));
  return problem(context, 429, "too-many-requests", "Too many attempts; wait a little.", true);
}

function bearerOf(context: Context): string | undefined {
  return /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
}

/** Whether a write comes from a page of this console. */
export function isFromHere(context: Context): boolean {
  if (context.req.header(writeHeader) === undefined) return false;
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || URL.parse(origin)?.host === context.req.header("host");
}

/** The answer to a write that a page from elsewhere has sent. */
export function foreign(context: Context): Response {
  return problem(
    context,
    403,
    "foreign-origin",
    `Writes need the header '${writeHeader}', and no other origin.`,
  );
}

function isWrite({ req: { method } }: Context): boolean {
  return method !== "GET" && method !== "HEAD";
}
