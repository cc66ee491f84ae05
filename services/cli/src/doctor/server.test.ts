import type { ServerReport } from "@troupe/nats";
import { expect, test } from "vitest";
import { judgeClock, judgeServer } from "./server.ts";

const report: ServerReport = {
  url: "nats://127.0.0.1:4222",
  version: "2.12.3",
  serverName: "n",
  maxPayloadBytes: 1_048_576,
  authenticates: true,
  jetstream: { enabled: true, memory: { usedBytes: 0 }, storage: { usedBytes: 2048 } },
  streams: [stream("TROUPE_GOALS", "troupe.goals", 1), stream("OTHER", "troupe2.goals", 0)],
  warnings: [],
};

function stream(name: string, subject: string, consumers: number): ServerReport["streams"][number] {
  return {
    name,
    subjects: [subject],
    messages: 3,
    bytes: 900,
    replicas: 1,
    consumers,
    refusesWhenFull: true,
  };
}

const verdicts = (judged: ServerReport, prefix = "troupe"): string =>
  judgeServer(judged, prefix, "from NATS_URL")
    .map(({ name, verdict }) => `${name} ${verdict}`)
    .join(", ");

test("a sound server has nothing but good verdicts, and only the deployment's own streams count", () => {
  expect(verdicts(report)).toBe("NATS server ok, JetStream ok, streams ok, goal queue ok");
  const [, , streams] = judgeServer(report, "troupe", "");
  expect(streams?.found).toBe("TROUPE_GOALS: 3 records, 900 B");
});

test("a server without JetStream fails, with the remedy the server's report gives", () => {
  const warnings = [
    { code: "jetstream-disabled", message: "no JetStream", remedy: "start it with -js" },
  ];
  const judged = judgeServer(
    { ...report, jetstream: { enabled: false }, streams: [], warnings },
    "troupe",
    "",
  );
  expect(judged).toContainEqual(
    expect.objectContaining({ name: "JetStream", verdict: "fail", remedy: "start it with -js" }),
  );
});

test("a prefix that nothing runs under is a warning that says where goals would go", () => {
  expect(verdicts(report, "elsewhere")).toBe("NATS server ok, JetStream ok, streams warn");
});

test("a goal stream without consumer warns that goals wait", () => {
  const streams = [stream("TROUPE_GOALS", "troupe.goals", 0)];
  expect(verdicts({ ...report, streams })).toContain("goal queue warn");
});

test("clocks that are apart warn, and say which is ahead", () => {
  expect(judgeClock(10_000, 10_900).verdict).toBe("ok");
  expect(judgeClock(10_000, undefined).verdict).toBe("ok");
  expect(judgeClock(20_000, 10_000)).toMatchObject({
    verdict: "warn",
    found: "10 s ahead of the server's",
  });
});

test("a server that is too old fails, however well it answers", () => {
  expect(verdicts({ ...report, version: "2.8.4" })).toContain("NATS server fail");
  expect(verdicts({ ...report, version: "2.9.0" })).toContain("NATS server ok");
  expect(verdicts({ ...report, version: "3.0.0-RC.1" })).toContain("NATS server ok");
});
