import type { Clock, Log } from "@troupe/actor";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isLoopback } from "../config.ts";
import { type Admission, callerIn, type Refusal } from "./admission.ts";
import { problem } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";

/** The header that every write of a browser must have: pages of other origins cannot send it unasked. */
const writeHeader = "x-troupe-console";
/** Largest request, bytes. */
const bodyBytes = 512 * 1024;
/** Requests of one person whom a proxy names, or of one address: so many at once, and then so many a second. */
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
 * A proxy on the machine may pass the name by which people know the console.
 */
export function sameMachine(host: string, publicUrl: string | undefined): MiddlewareHandler {
  const known = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return async (context, next) => {
    const named = context.req.header("host") ?? "";
    const asked = URL.parse(`http://${named}`)?.hostname.replace(/^\[|\]$/g, "");
    if (asked === undefined) {
      return problem(context, 400, "wrong-host", "The host of the request is no address.");
    }
    if (isLoopback(host) && !isLoopback(asked) && asked !== known) {
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

/** Bounds how much is asked, and how large it is. */
export function limits(clock: Clock, admission: Admission): MiddlewareHandler[] {
  const all = new RateLimit({ ...requests, clock });
  const writing = new RateLimit({ ...writes, clock });
  return [
    async (context, next) => {
      const limit = isWrite(context) ? writing : all;
      const wait = limit.take(admission.countedBy(context));
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
 * Lets those in who were admitted, and those who may only look no further than that. Writes of browsers must also
 * come from a page of the console: by their origin, and by a header that other pages cannot send (CSRF). What a proxy
 * adds to a request, a page of elsewhere could have it add too, so that only who brings the token itself need not.
 *
 * @param publicUrl where browsers find the console, if that is not the host that they ask for
 */
export function guard(publicUrl: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const admitted = context.get("admitted");
    if ("status" in admitted) return refused(context, admitted);
    if (!isWrite(context)) return next();
    if (admitted.way !== "token" && !isFromHere(context, publicUrl)) return foreign(context);
    if (admitted.mayAct) return next();
    const description = `'${admitted.user ?? ""}' may look at everything, and not act.`;
    return problem(context, 403, "only-looks", description);
  };
}

/** Writes down who asked for what to be done, and what it was answered. */
export function auditTrail(log: Log): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const caller = callerIn(context);
    if (!isWrite(context) || caller === undefined) return;
    const { path } = context.req;
    const { status } = context.res;
    log("info", "somebody acted", { by: caller.user ?? caller.way, path, status });
  };
}

/** The answer to who is not let in. */
export function refused(context: Context, refusal: Refusal): Response {
  const { status, reason, description, waitSeconds } = refusal;
  if (waitSeconds !== undefined) context.header("retry-after", String(Math.ceil(waitSeconds)));
  return problem(context, status, reason, description, status === 429 || status === 503);
}

/** Whether a write comes from a page of this console. */
export function isFromHere(context: Context, publicUrl: string | undefined): boolean {
  if (context.req.header(writeHeader) === undefined) return false;
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  if (origin === undefined || origin === publicUrl) return true;
  return URL.parse(origin)?.host === context.req.header("host");
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
