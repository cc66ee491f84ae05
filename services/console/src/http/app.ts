import { OpenAPIHono, type z } from "@hono/zod-openapi";
import { ensureError, type Log } from "@troupe/actor";
import { compress } from "hono/compress";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type { Assets } from "../assets/assets.ts";
import type { ReadModel } from "../model/read-model.ts";
import { version } from "../version.ts";
import { newsOf } from "./news.ts";
import { problem, problemOf } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";
import { goalRoutes } from "./routes/goals.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { serveRoute } from "./routes/route.ts";
import * as schema from "./schemas.ts";
import {
  callerOf,
  foreign,
  guard,
  isFromHere,
  isIn,
  limits,
  sameMachine,
  securityHeaders,
  sessionCookie,
  tooManyAttempts,
} from "./security.ts";
import { type Sessions, sessionSeconds } from "./sessions.ts";

/** Event streams open at once; a browser has one. */
const streamLimit = 200;
/** Wrong tokens of one address: so many at once, and then one in ten seconds. */
const attempts = { burst: 5, perSecond: 0.1 };

export interface AppOptions {
  readonly model: ReadModel;
  readonly sessions: Sessions;
  readonly assets: Assets;
  readonly log: Log;
  /** Address that the console listens on. */
  readonly host: string;
}

/** The HTTP API, the event stream and the pages. Everything under `/api` but the session needs a login, where there is one. */
export function consoleApp(options: AppOptions): OpenAPIHono {
  const { model, sessions, assets, log, host } = options;
  const { clock } = model.ports;
  const app = new OpenAPIHono({
    defaultHook: (result, context) =>
      result.success ? undefined : problemOf(context, result.error),
  });
  app.onError((thrown, context) => {
    const answer = problemOf(context, thrown);
    if (answer.status >= 500) {
      log("warn", "a request failed", { path: context.req.path, error: ensureError(thrown) });
    }
    return answer;
  });
  app.notFound((context) =>
    problem(context, 404, "not-found", "There is no such page or request."),
  );
  app.use(securityHeaders(), sameMachine(host));
  // Pages are some thirty small files from memory; counting those would only punish reloading.
  app.use("/api/*", ...limits(clock));
  app.use("/api/*", async (context, next) => {
    await next();
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  const attempted = new RateLimit({ ...attempts, clock });
  sessionRoutes(app, options, attempted);
  app.use("/api/*", guard(sessions, attempted), compress());
  for (const route of [...goalRoutes(model), ...nodeRoutes(model)]) serveRoute(app, route);
  eventRoute(app, model, sessions);
  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Troupe console",
      version,
      description: "What runs, waits and fails, and what to do about it.",
    },
  });
  app.get("*", (context) => assets.serve(context));
  return app;
}

function sessionRoutes(app: OpenAPIHono, { sessions }: AppOptions, attempted: RateLimit): void {
  app.get("/api/session", (context) =>
    context.json({
      open: !sessions.needed || sessions.isOpen(getCookie(context, sessionCookie)),
      login: sessions.needed,
    } satisfies z.output<typeof schema.sessionSchema>),
  );
  app.post("/api/login", async (context) => {
    if (!isFromHere(context)) return foreign(context);
    const wait = attempted.take(callerOf(context));
    if (wait > 0) return tooManyAttempts(context, wait);
    const { token } = schema.loginSchema.parse(await context.req.json().catch(() => ({})));
    if (!sessions.knows(token))
      return problem(context, 401, "wrong-token", "That is not the token.");
    setCookie(context, sessionCookie, sessions.begin(), {
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
      maxAge: sessionSeconds,
      secure: context.req.header("x-forwarded-proto") === "https",
    });
    return context.json({ open: true, login: true });
  });
  app.post("/api/logout", (context) => {
    if (!isFromHere(context)) return foreign(context);
    sessions.end(getCookie(context, sessionCookie) ?? "");
    setCookie(context, sessionCookie, "", { path: "/", maxAge: 0 });
    return context.json({ open: !sessions.needed, login: sessions.needed });
  });
}

function eventRoute(app: OpenAPIHono, model: ReadModel, sessions: Sessions): void {
  let open = 0;
  app.get("/api/events", (context) => {
    if (open >= streamLimit) {
      return problem(
        context,
        503,
        "too-many-streams",
        `${streamLimit} browsers listen already.`,
        true,
      );
    }
    open += 1;
    // Proxies such as nginx would keep it all to themselves.
    context.header("x-accel-buffering", "no");
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      try {
        for await (const news of newsOf(model, gone.signal)) {
          // Whoever has logged out, or was in for too long, is told no more.
          if (!isIn(context, sessions)) break;
          await stream.writeSSE({
            event: news === undefined ? "ping" : "news",
            data: JSON.stringify(news ?? {}),
          });
        }
      } finally {
        open -= 1;
      }
    });
  });
}
