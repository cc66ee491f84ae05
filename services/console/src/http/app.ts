import { createRoute, OpenAPIHono, type z } from "@hono/zod-openapi";
import { ensureError, type Log, parseTraceparent } from "@troupe/actor";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type { Assets } from "../assets/assets.ts";
import type { ReadModel } from "../model/read-model.ts";
import { version } from "../version.ts";
import { newsOf } from "./news.ts";
import { problem, problemOf } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";
import * as schema from "./schemas.ts";
import {
  callerOf,
  foreign,
  guard,
  isFromHere,
  limits,
  sameMachine,
  securityHeaders,
  sessionCookie,
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
  sessionRoutes(app, options, new RateLimit({ ...attempts, clock }));
  app.use("/api/*", guard(sessions));
  app.use("/api/*", async (context, next) => {
    await next();
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  goalRoutes(app, model);
  nodeRoutes(app, model);
  eventRoute(app, model);
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

const json = <S extends z.ZodType>(what: S, description: string) => ({
  description,
  content: { "application/json": { schema: what } },
});
const body = <S extends z.ZodType>(what: S) => ({
  required: true,
  content: { "application/json": { schema: what } },
});
const refused = { default: json(schema.problemSchema, "What is wrong") };

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
    if (wait > 0) {
      context.header("retry-after", String(Math.ceil(wait)));
      return problem(context, 429, "too-many-requests", "Too many attempts; wait a little.", true);
    }
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

function goalRoutes(app: OpenAPIHono, model: ReadModel): void {
  const { client } = model;
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/goals",
      summary: "Goals, newest first",
      request: { query: schema.goalQuerySchema },
      responses: { 200: json(schema.goalListSchema, "A part of the list"), ...refused },
    }),
    (context) => {
      const { from, limit, waiting, ...filter } = context.req.valid("query");
      const { goals, total } = model.goals.list(
        { ...filter, waiting: waiting === "true" },
        from,
        limit,
      );
      const { loaded, problem: why } = model.goals;
      const kinds = [...model.goals.kinds()];
      return context.json(
        { goals: [...goals], total, kinds, loaded, ...(why === undefined ? {} : { problem: why }) },
        200,
      );
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/api/goals",
      summary: "Publishes a goal",
      request: { body: body(schema.submitSchema) },
      responses: { 202: json(schema.receiptAnswerSchema, "It is in the journal"), ...refused },
    }),
    async (context) => {
      const { goal, duplicate } = await client.submit(context.req.valid("json"));
      return context.json({ goal, duplicate }, 202);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/goals/{id}",
      summary: "Where a goal stands",
      request: { params: schema.goalIdParam },
      responses: { 200: json(schema.goalAnswerSchema, "The goal"), ...refused },
    }),
    async (context) => context.json(await client.show(context.req.valid("param").id), 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/goals/{id}/history",
      summary: "Decisions about a goal, page by page",
      request: { params: schema.goalIdParam, query: schema.historyQuerySchema },
      responses: { 200: json(schema.historyAnswerSchema, "A page"), ...refused },
    }),
    async (context) => {
      const { after } = context.req.valid("query");
      const page = await client.historyPage(context.req.valid("param").id, after);
      return context.json({ ...page, events: [...page.events] }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/goals/{id}/trace",
      summary: "What decided how long a goal took, by its spans",
      request: { params: schema.goalIdParam },
      responses: { 200: json(schema.traceAnswerSchema, "The critical path"), ...refused },
    }),
    async (context) => {
      const { trace } = await client.show(context.req.valid("param").id);
      return context.json(await model.trace(parseTraceparent(trace)?.traceId ?? ""), 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/api/goals/{id}/cancel",
      summary: "Stops a goal",
      request: { params: schema.goalIdParam, body: body(schema.cancelSchema) },
      responses: { 202: json(schema.doneSchema, "It is recorded"), ...refused },
    }),
    async (context) => {
      await client.cancel(context.req.valid("param").id, context.req.valid("json").reason);
      return context.json({ done: true }, 202);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/api/goals/{id}/approve",
      summary: "Answers a task that asks people",
      request: { params: schema.goalIdParam, body: body(schema.approveSchema) },
      responses: { 202: json(schema.doneSchema, "It is recorded"), ...refused },
    }),
    async (context) => {
      const { note, ...answer } = context.req.valid("json");
      const noted = note === undefined || note === "" ? {} : { note };
      await client.approve(context.req.valid("param").id, { ...answer, ...noted });
      return context.json({ done: true }, 202);
    },
  );
}

function nodeRoutes(app: OpenAPIHono, model: ReadModel): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/overview",
      summary: "What runs, waits and fails",
      responses: { 200: json(schema.overviewSchema, "At this moment"), ...refused },
    }),
    (context) => context.json(model.overview(), 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/nodes",
      summary: "How the nodes are: health, alerts, performance",
      responses: { 200: json(schema.nodesAnswerSchema, "All nodes"), ...refused },
    }),
    (context) => context.json(model.nodeLines(), 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/actors",
      summary: "Actors, those with the most waiting messages first; of each node its 500 busiest",
      request: { query: schema.actorQuerySchema },
      responses: { 200: json(schema.actorsAnswerSchema, "A part of them"), ...refused },
    }),
    (context) => {
      const { text, limit } = context.req.valid("query");
      const total = model.nodes.nodes.reduce((sum, { actors }) => sum + actors.total, 0);
      const actors = model.nodes.actors(text).slice(0, limit);
      return context.json({ actors, total, loaded: model.nodes.loaded }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/api/incidents",
      summary: "Messages in quarantine, dead letters and restarts, by node",
      responses: { 200: json(schema.incidentsAnswerSchema, "The latest"), ...refused },
    }),
    async (context) => context.json({ nodes: [...(await model.incidents())] }, 200),
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/api/nodes/{node}/operate",
      summary: "Replays or discards a message in quarantine; restarts or stops an actor",
      request: { params: schema.nodeParam, body: body(schema.operationSchema) },
      responses: { 200: json(schema.doneSchema, "Whether there was such a one"), ...refused },
    }),
    async (context) => {
      const { node } = context.req.valid("param");
      return context.json({ done: await model.operate(node, context.req.valid("json")) }, 200);
    },
  );
}

function eventRoute(app: OpenAPIHono, model: ReadModel): void {
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
