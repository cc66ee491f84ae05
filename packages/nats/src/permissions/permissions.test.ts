import { expect, test } from "vitest";
import { InvalidOptionError, InvalidPrefixError } from "../errors.ts";
import { authorizationConfig } from "./authorization-config.ts";
import { permissionsOf } from "./permissions.ts";

const agent = { role: "agent", node: "a1" } as const;

/** Whether a subject is within an allowed one, as nats-server judges it. */
function covers(allowed: string, subject: string): boolean {
  const [pattern, tokens] = [allowed.split("."), subject.split(".")];
  const open = pattern.at(-1) === ">";
  if (open ? tokens.length < pattern.length : tokens.length !== pattern.length) return false;
  return pattern.every((one, at) => one === ">" || one === "*" || one === tokens[at]);
}
const allows = (allowed: readonly string[], subject: string): boolean =>
  allowed.some((one) => covers(one, subject));

test("an agent speaks under its own node's name, and hears what is for its own node", () => {
  const { publish, subscribe, allowResponses } = permissionsOf(agent, { user: "u" });
  for (const subject of ["actor.n1.a1", "actor.n1.a1.caller.7", "cluster.a1"]) {
    expect(allows(publish.allow, `troupe.main.${subject}`), subject).toBe(true);
  }
  for (const subject of ["actor.n1.a2", "actor.n1.a2.caller.7", "cluster.a2", "actor.a1"]) {
    expect(allows(publish.allow, `troupe.main.${subject}`), subject).toBe(false);
  }
  expect(allows(subscribe.allow, "troupe.main.actor.a1.n1.voter")).toBe(true);
  expect(allows(subscribe.allow, "troupe.main.actor.n1.a2.caller.7")).toBe(false);
  expect(allowResponses).toBeUndefined();
});

test("callers limit to whom an agent speaks, not to whom it listens", () => {
  const { publish, subscribe } = permissionsOf({ ...agent, callers: ["n1"] }, { user: "u" });
  expect(allows(publish.allow, "troupe.main.actor.n1.a1.x")).toBe(true);
  expect(allows(publish.allow, "troupe.main.actor.n2.a1.x")).toBe(false);
  expect(allows(subscribe.allow, "troupe.main.actor.a1.n2.x")).toBe(true);
});

test("inboxes are the user's own", () => {
  for (const role of [agent, { role: "observer" }, { role: "publisher" }] as const) {
    const { subscribe } = permissionsOf(role, { user: "ann" });
    expect(allows(subscribe.allow, "_INBOX_ann.1")).toBe(true);
    expect(allows(subscribe.allow, "_INBOX_bob.1")).toBe(false);
    expect(allows(subscribe.allow, "_INBOX.1")).toBe(false);
  }
});

test("prefix and system are those of the deployment", () => {
  const { publish } = permissionsOf(agent, { user: "u", prefix: "acme", system: "blue" });
  expect(publish.allow).toContain("acme.blue.actor.*.a1.>");
  expect(publish.allow.every((subject) => subject.startsWith("acme."))).toBe(true);
});

test.each([
  ["a node", { ...agent, node: "*" }, "main"],
  ["a caller", { ...agent, callers: ["n1.>"] }, "main"],
  ["a system", agent, "a.b"],
])("%s that could stand for others is refused", (_, role, system) => {
  expect(() => permissionsOf(role, { user: "u", system })).toThrow(InvalidOptionError);
});

test("a prefix that could stand for others is refused", () => {
  expect(() => permissionsOf(agent, { user: "u", prefix: "*" })).toThrow(InvalidPrefixError);
});

test("the configuration quotes what users are called and know", () => {
  const permissions = permissionsOf(agent, { user: 'a"b' });
  const block = authorizationConfig([{ user: 'a"b', password: "p\\w", permissions }]);
  expect(block).toContain('user: "a\\"b"');
  expect(block).toContain('password: "p\\\\w"');
});
