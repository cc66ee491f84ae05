import { z } from "zod";
import { InvalidGoalError } from "../errors.ts";
import { goalIdSchema, issuesOf } from "../goal/goal.ts";

const reason = z.string().max(1000);

const commandSchema = z.discriminatedUnion("command", [
  z.strictObject({
    command: z.literal("approve"),
    goal: goalIdSchema,
    /** The task that asked. */
    task: z.string().min(1),
    approved: z.boolean("must be true or false").default(true),
    /** Who says so. Default `unknown`. */
    by: z.string().min(1).max(200).default("unknown"),
    note: reason.optional(),
  }),
  z.strictObject({
    command: z.literal("cancel"),
    goal: goalIdSchema,
    reason: reason.default("asked to"),
    /** Who says so. Default: nobody is named. */
    by: z.string().min(1).max(200).optional(),
  }),
]);

/**
 * What people say to a goal that is under way or asleep. Published where goals are, so that it is as
 * durable as they are, and wakes a goal that nobody coordinates.
 */
export type Command = z.output<typeof commandSchema>;

/** Whether a published document is meant as a command. */
export function isCommand(document: unknown): boolean {
  return typeof document === "object" && document !== null && "command" in document;
}

/** @throws InvalidGoalError naming each field that is wrong */
export function readCommand(document: unknown): Command {
  const parsed = commandSchema.safeParse(document);
  if (!parsed.success) throw new InvalidGoalError(issuesOf(parsed.error));
  return parsed.data;
}
