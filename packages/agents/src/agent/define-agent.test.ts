import { expect, test } from "vitest";
import { z } from "zod";
import { stage } from "../react/running.test-data.ts";
import { agentTools } from "./agent-tools.ts";
import { defineAgent, defineCapability } from "./define-agent.ts";

const shout = defineCapability({
  purpose: "shouts",
  input: z.strictObject({ text: z.string() }),
  output: z.string().max(10),
  run: async ({ text }) => text.toUpperCase(),
});

test("what an agent promises and takes is held to its schemas", async () => {
  const { ports } = stage();
  const agent = defineAgent({ name: "crier", capabilities: { shout } });
  const [tool] = agentTools(agent, { ...ports, node: "n1" });
  if (tool === undefined) throw new Error("it has a capability");
  const signal = new AbortController().signal;
  const span = ports.tracer.start("test");
  const run = (input: unknown) =>
    tool.run(tool.input.parse(input), { goal: "g", task: "t", attempt: 1, signal, span });
  expect(await run({ text: "hey" })).toBe("HEY");
  expect(() => run({ text: 5 })).toThrow(z.ZodError);
  await expect(run({ text: "far too long" })).rejects.toThrow(z.ZodError);
});

test("an agent that is to ask a model says so where there is none", async () => {
  const { ports } = stage();
  const { run: _run, ...rest } = shout;
  const capabilities = { think: { ...rest, instructions: "Think." } };
  const [tool] = agentTools(defineAgent({ name: "thinker", capabilities }), {
    ...ports,
    node: "n1",
  });
  const signal = new AbortController().signal;
  const span = ports.tracer.start("test");
  const run = tool?.run({ text: "a" }, { goal: "g", task: "t", attempt: 1, signal, span });
  await expect(run).rejects.toMatchObject({ code: "no-model", retryable: false });
});

test.for([
  ["an odd name", { name: "a b" }, "its name"],
  ["no capability", { capabilities: {} }, "no capabilities"],
  [
    "two ways at once",
    { capabilities: { shout: { ...shout, instructions: "x" } } },
    "one of 'run'",
  ],
  [
    "methods of which there are none",
    { capabilities: { shout: { purpose: "x", input: z.unknown(), methods: {} } } },
    "no methods",
  ],
  ["a limit that is none", { limits: { maxSteps: 0 } }, "maxSteps"],
  ["a quality beyond certainty", { profile: { quality: 1 } }, "profile.quality"],
  ["a price of nothing", { profile: { cost: 0 } }, "profile.cost"],
] as const)("an agent with %s is refused, with what is wrong", ([, over, words]) => {
  const define = () => defineAgent({ name: "crier", capabilities: { shout }, ...over });
  expect(define).toThrow(words);
});
