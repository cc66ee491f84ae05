import type { ReadModel } from "../../model/read-model.ts";
import { trendAnswerSchema } from "../../model/trends.ts";
import * as schema from "../schemas.ts";
import { type Route, route } from "./route.ts";

/** What can be asked about nodes and their actors, and of them. */
export function nodeRoutes(model: ReadModel): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/api/overview",
      summary: "What runs, waits and fails",
      answer: schema.overviewSchema,
      answers: "At this moment",
      handle: () => model.overview(),
    }),
    route({
      method: "get",
      path: "/api/nodes",
      summary: "How the nodes are: health, alerts, performance",
      answer: schema.nodesAnswerSchema,
      answers: "All nodes",
      handle: () => model.nodeLines(),
    }),
    route({
      method: "get",
      path: "/api/trends",
      summary: "How the nodes were over the last hour, as far as this console has run",
      answer: trendAnswerSchema,
      answers: "A point every ten seconds",
      handle: () => model.nodes.trends.answer(),
    }),
    route({
      method: "get",
      path: "/api/actors",
      summary: "Actors, those with the most waiting messages first; of each node its 500 busiest",
      query: schema.actorQuerySchema,
      answer: schema.actorsAnswerSchema,
      answers: "A part of them",
      handle: ({ query: { text, limit } }) => {
        const total = model.nodes.nodes.reduce((sum, { actors }) => sum + actors.total, 0);
        const actors = model.nodes.actors(text).slice(0, limit);
        return { actors, total, loaded: model.nodes.loaded };
      },
    }),
    route({
      method: "get",
      path: "/api/incidents",
      summary: "Messages in quarantine, dead letters and restarts, by node",
      answer: schema.incidentsAnswerSchema,
      answers: "The latest",
      handle: async () => ({ nodes: [...(await model.incidents())] }),
    }),
    route({
      method: "post",
      path: "/api/nodes/{node}/operate",
      summary: "Replays or discards a message in quarantine; restarts or stops an actor",
      params: schema.nodeParam,
      body: schema.operationSchema,
      answer: schema.doneSchema,
      answers: "Whether there was such a one",
      handle: async ({ params: { node }, body, sign }) => ({
        done: await model.operate(node, { ...body, by: sign(body.by ?? "console") }),
      }),
    }),
    route({
      method: "post",
      path: "/api/nodes/{node}/alerts",
      summary:
        "Silences alerts on all nodes, or ends that; acknowledges or resolves one of the node's",
      params: schema.nodeParam,
      body: schema.alertOrderBodySchema,
      answer: schema.alertOrderedSchema,
      answers: "The id of the silence or alert, or why nothing was done",
      handle: ({ params: { node }, body, sign }) =>
        model.orderAlerts(node, { ...body, by: sign(body.by) }),
    }),
  ];
}
