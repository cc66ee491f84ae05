import { expect, test } from "vitest";
import { column, finding, plannedStory, rule, type Story, version } from "./clean.test-data.ts";
import { findingsConference } from "./conference.ts";
import { cleanKind } from "./kind.ts";

const slipped = { ...finding("released"), rule: rule.id, slippedFrom: "2068-01-01" };
const schema = [column("title"), column("released", { type: "date" })];

/** A goal whose gate refuses a finding, and what the analysts say to that. */
function refused(treatment?: "mend" | "set-aside" | "keep") {
  const story = plannedStory(schema);
  const tasks = Object.values(story.state.tasks);
  const idOf = (type: string): string => tasks.find((task) => task.type === type)?.id ?? "";
  story.done(idOf("draft-rules"), { rules: [rule] }).done(idOf("stage"), version("/work/staged"));
  const check = idOf("check");
  if (treatment !== undefined) {
    story.add({
      type: "conferred",
      task: check,
      agreement: { [rule.id]: treatment },
      proposals: [],
      votes: [],
      confidence: 1,
    });
  }
  return { story, check };
}

const taskOf = ({ state }: Story, id: string) => {
  const task = state.tasks[id];
  if (task === undefined) throw new Error(`there is no task ${id}`);
  return task;
};

const typesAdded = (repair: ReturnType<typeof cleanKind.repair>) =>
  repair.ok
    ? repair.work.tasks.filter(({ id }) => repair.work.added.includes(id)).map(({ type }) => type)
    : [repair.why];

test.for(["mend", "set-aside", "keep"] as const)(
  "a column of which '%s' was agreed on is examined so before the gate is tried again",
  (treatment) => {
    const { story, check } = refused(treatment);
    const repair = story.refused(check, [slipped]);
    expect(typesAdded(repair).toSorted()).toEqual(["check", "validate"]);
    expect(repair.ok && repair.work.learned).toMatchObject([{ column: "released", treatment }]);
    const { input } = cleanKind.order(taskOf(story, check), story.state);
    const severity = treatment === "keep" ? "warn" : "block";
    expect(input).toMatchObject({ rules: [{ id: rule.id, severity }] });
  },
);

test("what analysts say is held to the finding", () => {
  const error = { code: "", message: "", retryable: false, details: { findings: [slipped] } };
  const failure = { task: "check", error, class: "", strategy: "", notBefore: 0 };
  const plain = { ...error, details: { findings: [{ ...finding("released"), rule: rule.id }] } };
  const read = findingsConference.readField;
  expect(read(failure, rule.id, "mend")).toEqual({ key: "mend", value: "mend" });
  expect(read({ ...failure, error: plain }, rule.id, "mend")).toBeUndefined();
  expect(read(failure, "another", "keep")).toBeUndefined();
  expect(read(failure, rule.id, "delete")).toBeUndefined();
  expect(findingsConference.fallback(["mend", "set-aside"])).toBe("keep");
});
