import { OpenAPIHono } from "@hono/zod-openapi";
import { ensureError, type Log } from "@troupe/actor";
import type { Context } from "hono";
import { compress } from "hono/compress";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type { Assets } from "../assets/assets.ts";
import type { ProxiedPeople } from "../identity/proxied-people.ts";
import type { IdentitySettings } from "../identity/settings.ts";
import type { ReadModel } from "../model/read-model.ts";
import { version } from "../version.ts";
import { Admission, tooManyAttempts } from "./admission.ts";
import { newsOf } from "./news.ts";
import { problem, problemOf } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";
import { goalRoutes } from "./routes/goals.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { serveRoute } from "./routes/route.ts";
import * as schema from "./schemas.ts";
import {
  auditTrail,
  foreign,
  guard,
  isFromHere,
  limits,
  refused,
  sameMachine,
  securityHeaders,
} from "./security.ts";
import { type Sessions, sessionCookie, sessionSeconds } from "./sessions.ts";

/** Event streams open at once; a browser has one. */
const streamLimit = 200;
/** Wrong tokens of one person or address: so many at once, and then one in ten seconds. */
const attempts = { burst: 5, perSecond: 0.1 };

export interface AppOptions {
  readonly model: ReadModel;
  readonly sessions: Sessions;
  /** Whom a proxy names. Undefined: none says who people are. */
  readonly people: ProxiedPeople | undefined;
  readonly roles: Pick<IdentitySettings, "operators" | "viewers">;
  /** Where browsers find the console, if that is not the host that they ask for. */
  readonly publicUrl: string | undefined;
  readonly assets: Assets;
  readonly log: Log;
  /** Address that the console listens on. */
  readonly host: string;
}

/** The HTTP API, the event stream and the pages. Everything under `/api` but the session needs a login, where there is one. */
export function consoleApp(options: AppOptions): OpenAPIHono {
  const { model, sessions, people, roles, publicUrl, assets, log, host } = options;
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
  app.use(securityHeaders(), sameMachine(host, publicUrl));
  const attempted = new RateLimit({ ...attempts, clock });
  const admission = new Admission({ sessions, people, roles, attempts: attempted, clock, log });
  // Before the limits, which are those of a person where it is known who asks.
  app.use("/api/*", admission.middleware());
  // Pages are some thirty small files from memory; counting those would only punish reloading.
  app.use("/api/*", ...limits(clock, admission));
  app.use("/api/*", async (context, next) => {
    await next();
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  sessionRoutes(app, options, admission, attempted);
  app.use("/api/*", auditTrail(log), guard(publicUrl), compress());
  for (const route of [...goalRoutes(model), ...nodeRoutes(model)]) {
    serveRoute(app, route, admission);
  }
  eventRoute(app, model, admission);
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

function sessionRoutes(
  app: OpenAPIHono,
  { sessions, publicUrl }: AppOptions,
  admission: Admission,
  attempted: RateLimit,
): void {
  app.get("/api/session", (context) => context.json(sessionOf(context, admission)));
  app.post("/api/login", async (context) => {
    if (!isFromHere(context, publicUrl)) return foreign(context);
    const wait = attempted.take(admission.countedBy(context));
    if (wait > 0) return refused(context, tooManyAttempts(wait));
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
    return context.json({ open: true, login: true, mayAct: true });
  });
  app.post("/api/logout", async (context) => {
    if (!isFromHere(context, publicUrl)) return foreign(context);
    sessions.end(getCookie(context, sessionCookie) ?? "");
    setCookie(context, sessionCookie, "", { path: "/", maxAge: 0 });
    context.set("admitted", await admission.decide(context));
    return context.json(sessionOf(context, admission));
  });
}

/** What a browser is told of itself. */
function sessionOf(context: Context, { byToken }: Admission): schema.Session {
  const admitted = context.get("admitted");
  if ("status" in admitted) {
    return { open: false, login: byToken, mayAct: false, why: admitted.description };
  }
  const { way, user, mayAct } = admitted;
  const login = byToken && way !== "proxy";
  return { open: true, login, mayAct, ...(user === undefined ? {} : { user }) };
}

function eventRoute(app: OpenAPIHono, model: ReadModel, admission: Admission): void {
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
          if (!admission.holds(context)) break;
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
