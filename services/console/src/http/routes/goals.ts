import { deadGoalsSchema } from "@troupe/goals";
import { lineageAnswerSchema, lineageOf } from "../../model/lineage.ts";
import type { ReadModel } from "../../model/read-model.ts";
import { trailAnswer, trailAnswerSchema, trailRecords } from "../../model/trails.ts";
import * as schema from "../schemas.ts";
import { type Route, route } from "./route.ts";

/** What can be asked about goals, and of them. */
export function goalRoutes(model: ReadModel): readonly Route[] {
  const { client } = model;
  return [
    route({
      method: "get",
      path: "/api/goals",
      summary: "Goals, newest first",
      query: schema.goalQuerySchema,
      answer: schema.goalListSchema,
      answers: "A part of the list",
      handle: ({ query: { from, limit, waiting, ...filter } }) => {
        const wanted = { ...filter, waiting: waiting === "true" };
        const { goals, total } = model.goals.list(wanted, from, limit);
        const { loaded, problem } = model.goals;
        const kinds = [...model.goals.kinds()];
        return {
          goals: [...goals],
          total,
          kinds,
          loaded,
          ...(problem === undefined ? {} : { problem }),
        };
      },
    }),
    route({
      method: "post",
      path: "/api/goals",
      summary: "Publishes a goal",
      body: schema.submitSchema,
      status: 202,
      answer: schema.receiptAnswerSchema,
      answers: "It is in the journal",
      handle: async ({ body }) => {
        const { goal, duplicate } = await client.submit(body);
        return { goal, duplicate };
      },
    }),
    route({
      method: "get",
      path: "/api/goals/{id}",
      summary: "Where a goal stands",
      params: schema.goalIdParam,
      answer: schema.goalAnswerSchema,
      answers: "The goal",
      handle: ({ params: { id } }) => client.show(id),
    }),
    route({
      method: "get",
      path: "/api/goals/{id}/history",
      summary: "Decisions about a goal, page by page",
      params: schema.goalIdParam,
      query: schema.historyQuerySchema,
      answer: schema.historyAnswerSchema,
      answers: "A page",
      handle: ({ params: { id }, query: { after } }) => client.historyPage(id, after),
    }),
    route({
      method: "get",
      path: "/api/goals/{id}/trace",
      summary: "What decided how long a goal took, by its spans",
      params: schema.goalIdParam,
      answer: schema.traceAnswerSchema,
      answers: "The critical path",
      handle: ({ params: { id } }) => model.trace(id),
    }),
    route({
      method: "get",
      path: "/api/goals/{id}/trail",
      summary: "What agents that reason did for a goal, step by step",
      params: schema.goalIdParam,
      answer: trailAnswerSchema,
      answers: "The newest steps of each agent",
      handle: async ({ params: { id } }) =>
        trailAnswer(await client.trail(id, { limit: trailRecords })),
    }),
    route({
      method: "get",
      path: "/api/goals/{id}/lineage",
      summary: "What tasks read and made, and where published columns come from",
      params: schema.goalIdParam,
      answer: lineageAnswerSchema,
      answers: "The way from the sources to what is published",
      handle: async ({ params: { id } }) => lineageOf(id, await client.history(id)),
    }),
    route({
      method: "get",
      path: "/api/dead-goals",
      summary: "Goals and commands that were published and refused, newest first",
      answer: deadGoalsSchema,
      answers: "The newest 200",
      handle: () => client.deadGoals(),
    }),
    route({
      method: "post",
      path: "/api/goals/{id}/cancel",
      summary: "Stops a goal",
      params: schema.goalIdParam,
      body: schema.cancelSchema,
      status: 202,
      answer: schema.doneSchema,
      answers: "It is recorded",
      handle: async ({ params: { id }, body: { reason, by }, sign }) => {
        await client.cancel(id, reason, sign(by));
        return { done: true };
      },
    }),
    route({
      method: "post",
      path: "/api/goals/{id}/approve",
      summary: "Answers a task that asks people",
      params: schema.goalIdParam,
      body: schema.approveSchema,
      status: 202,
      answer: schema.doneSchema,
      answers: "It is recorded",
      handle: async ({ params: { id }, body: { note, by, ...answer }, sign }) => {
        const noted = note === undefined || note === "" ? {} : { note };
        await client.approve(id, { ...answer, by: sign(by), ...noted });
        return { done: true };
      },
    }),
  ];
}
