import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import type { Admission } from "../admission.ts";
import { problemSchema } from "../schemas.ts";

/** A request of the API: where it comes in, what it must hold, and what is answered. */
interface RouteOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A> {
  readonly method: "get" | "post";
  /** Placeholders in braces. */
  readonly path: string;
  /** One line for those who read the description of the API. */
  readonly summary: string;
  /** What the placeholders, what follows the question mark, and the JSON body must be. Default: there is none. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** 202: it is recorded, and what it leads to comes later. Default 200. */
  readonly status?: 200 | 202;
  readonly answer: z.ZodType<A>;
  /** What the answer is, in a few words. */
  readonly answers: string;
  readonly handle: (asked: {
    readonly params: z.output<P>;
    readonly query: z.output<Q>;
    readonly body: z.output<B>;
    /** The name under which what is done is recorded, of whom who asks says to be. */
    readonly sign: (claimed: string) => string;
  }) => A | Promise<A>;
}

/** A route whatever its parts are. */
export type Route = RouteOf<z.ZodType, z.ZodType, z.ZodType, unknown>;

/** Says what a route is; what its handler is given and answers follows from the schemas. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A>(
  spec: RouteOf<P, Q, B, A>,
): Route {
  // What a handler is given has been checked by the very schemas that its types come from.
  return spec as unknown as Route;
}

/** Serves a route to those who were let in, checks what comes in, and describes it. */
export function serveRoute(app: OpenAPIHono, served: Route, admission: Admission): void {
  const { method, path, summary, params, query, body, status = 200, answer, answers } = served;
  const json = (schema: z.ZodType, description: string) => ({
    description,
    content: { "application/json": { schema } },
  });
  const parts = {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined
      ? {}
      : { body: { required: true, content: { "application/json": { schema: body } } } }),
  };
  app.openapi(
    createRoute({
      method,
      path,
      summary,
      request: parts as object,
      responses: {
        [status]: json(answer, answers),
        default: json(problemSchema, "What is wrong"),
      },
    }),
    async (context) => {
      const { req } = context;
      const checked = (part: "param" | "query" | "json") => req.valid(part as never) as unknown;
      const answered = await served.handle({
        params: checked("param"),
        query: checked("query"),
        body: checked("json"),
        sign: (claimed) => admission.signature(context, claimed),
      });
      return context.json(answered as object, status);
    },
  );
}
