import { expect, test } from "vitest";
import { InvalidAlertingError } from "../errors.ts";
import { defaultAlerting, readAlerting } from "./alerting-file.ts";
import { defaultRules } from "./default-rules.ts";

const rule = `
  - name: Backlog
    summary: "{{value}} wait"
    condition: { type: threshold, metric: troupe_mailbox_depth, operator: ">", value: 5 }
`;

test("an empty file is the default: all rules, told to the log and on NATS", () => {
  expect(readAlerting("", "a.yaml")).toEqual(defaultAlerting);
  expect(defaultAlerting.rules).toEqual(defaultRules);
  expect(defaultAlerting.handlers.map(({ type }) => type)).toEqual(["log", "subject"]);
});

test("rules of one's own come to the default ones, or take their place", () => {
  const names = (text: string) => readAlerting(text, "a.yaml").rules.map(({ name }) => name);
  expect(names(`rules:${rule}`)).toEqual([...defaultRules.map(({ name }) => name), "Backlog"]);
  expect(names(`without: [HighCpu]`)).not.toContain("HighCpu");
  expect(names(`without: ["*"]\nrules:${rule}`)).toEqual(["Backlog"]);
  const { rules } = readAlerting(`rules:${rule.replace("Backlog", "HighCpu")}`, "a.yaml");
  expect(rules.filter(({ name }) => name === "HighCpu")).toMatchObject([
    { summary: "{{value}} wait" },
  ]);
});

test("JSON is read as well", () => {
  expect(readAlerting('{"every": 5, "handlers": [{"type": "log"}]}', "a.json")).toMatchObject({
    every: 5,
    handlers: [{ type: "log", name: "log" }],
  });
});

test.each([
  ["rules: [", "a.yaml"],
  ["every: 0", "every"],
  ["colour: red", "colour"],
  ["rules:\n  - name: low\n    summary: x", "rules.0.name"],
  [`rules:${rule.replace('">"', '"=>"')}`, "rules.0.condition.operator"],
  [`rules:${rule}${rule}`, "'Backlog' is there twice"],
  [`rules:${rule}    handlers: [pager]`, "there is no handler 'pager'; there are: log, subject"],
  ["without: [HighGpu]", "there is no default rule 'HighGpu'"],
  ["handlers: [{type: log}, {type: log}]", "'log' is there twice"],
  ["handlers: [{type: webhook, url: 'ftp://x'}]", "http or https"],
  ["handlers: [{type: email, server: 'http://x', from: a@b.c, to: [a@b.cd]}]", "smtp://"],
  ["handlers: [{type: subject, subject: 'a.>'}]", "without wildcards"],
])("what cannot be used is refused, and told where: %j", (text, said) => {
  expect(() => readAlerting(text, "a.yaml")).toThrow(InvalidAlertingError);
  expect(() => readAlerting(text, "a.yaml")).toThrow(said);
});
