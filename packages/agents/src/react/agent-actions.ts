import { z } from "zod";
import type { AnswerIssue } from "../reasoner/reasoner.ts";
import type { Tool } from "../tool.ts";
import type { ActionNotice } from "./mind.ts";
import { type Decision, deedOf, finalAction } from "./step.ts";

const finalSchema = z.object({ result: z.unknown() });

/** What an agent can do: its tools by name, and ending with a result. */
export class AgentActions {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #output: z.ZodType;
  /** As a mind is told of them. */
  readonly notices: readonly ActionNotice[];

  /** @param output what a result must look like */
  constructor(tools: readonly Tool[], output: z.ZodType) {
    this.#tools = new Map(tools.map((tool) => [tool.type, tool]));
    this.#output = output;
    this.notices = [
      ...tools.map(({ type, purpose, input }) => ({ name: type, purpose, input: shapeOf(input) })),
      {
        name: finalAction,
        purpose: "ends the work with its result",
        input: { type: "object", properties: { result: shapeOf(output) } },
      },
    ];
  }

  tool(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** What is wrong with a decision: nothing that is refused here is ever carried out. */
  check(decision: Decision, banned: ReadonlySet<string>): readonly AnswerIssue[] {
    const { action, input } = decision;
    if (banned.has(deedOf(decision))) {
      return [
        { path: "action", message: "you have done this before, in a circle: do something else" },
      ];
    }
    if (action === finalAction) {
      const result = z.object({ result: this.#output }).safeParse(input);
      return result.success ? [] : issuesOf(result.error);
    }
    const tool = this.tool(action);
    if (tool === undefined) {
      const names = [...this.#tools.keys(), finalAction].join(", ");
      return [{ path: "action", message: `there is no such action: use one of ${names}` }];
    }
    const parsed = tool.input.safeParse(input);
    return parsed.success ? [] : issuesOf(parsed.error);
  }
}

/** The result that a decision to end comes with, as JSON data. */
export function resultOf({ input }: Decision): unknown {
  return finalSchema.parse(input).result ?? null;
}

function shapeOf(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  return shape;
}

function issuesOf({ issues }: z.ZodError): readonly AnswerIssue[] {
  return issues.map(({ path, message }) => ({ path: ["input", ...path].join("."), message }));
}
