const domain = `(define (domain d)
  (:requirements :typing :hierarchy)
  (:types block - thing)
  (:constants ground - thing)
  (:predicates (on ?b - block ?t - thing) (empty))
  (:task put :parameters (?b - block ?t - thing))
  (:method move :parameters (?b - block ?t ?from - thing) :task (put ?b ?t)
    :precondition (and (on ?b ?from) (not (on ?b ?t)))
    :subtasks (and (s1 (take ?b ?from)) (s2 (take ?b ?t))) :ordering (and (< s1 s2)))
  (:action take :parameters (?b - block ?t - thing)
    :precondition (or (on ?b ?t) (forall (?x - block) (not (on ?x ?b)))) :effect (and (empty) (not (on ?b ?t)))))`;

const problem = `(define (problem p) (:domain d) (:objects a b - block)
  (:htn :parameters () :subtasks (and (t1 (put a b)) (t2 (put b ground))) :ordering (and (< t1 t2)))
  (:init (on a ground) (on b a)) (:goal (and (on a b))))`;

const workflow = JSON.stringify({
  name: "w",
  schemaVersion: "1.5",
  workflow: {
    specification: {
      tasks: [
        { name: "a", id: "a", parents: [], children: ["b"] },
        { name: "b", id: "b", parents: ["a"], children: [] },
      ],
    },
    execution: {
      makespanInSeconds: 3,
      tasks: [
        { id: "a", runtimeInSeconds: 1 },
        { id: "b", runtimeInSeconds: 2 },
      ],
    },
  },
});

const flow = JSON.stringify({
  tasks: [
    { id: "part", type: "wait", copies: 3, input: { ms: 20 }, retry: { limit: 2 } },
    { id: "count", type: "pass", input: { all: { $from: "part", at: "x" } }, dependsOn: ["part"] },
    { id: "ask", type: "approval", input: { question: "go on?" }, dependsOn: ["count"] },
  ],
});

const goals = [
  { id: "g1", kind: "clean", source: "/data/orders.csv", output: "orders" },
  { id: "g2", kind: "flow", tasks: JSON.parse(flow).tasks },
  {
    id: "g3",
    kind: "etl",
    name: "sales",
    sources: { orders: { path: "/data/orders.csv" }, people: { path: "/data/people.json" } },
    transformations: [
      { name: "joined", join: ["orders", "people"], on: [{ left: "person", right: "id" }] },
    ],
    target: { columns: [{ name: "id", type: "integer" }] },
    output: { format: "parquet" },
  },
  {
    id: "g4",
    kind: "report",
    title: "Sales",
    sources: { orders: "/data/orders.csv" },
    sections: [{ title: "All", query: "SELECT count(*) AS n FROM orders" }],
  },
].map((goal) => JSON.stringify(goal));

const commands = [
  { command: "approve", goal: "g2", task: "ask", approved: true, by: "ada", note: "fine" },
  { command: "cancel", goal: "g2", reason: "no more" },
].map((command) => JSON.stringify(command));

const questions = [
  { limit: 5, before: "g1", changedAfter: 3 },
  { after: 2 },
  { reason: "no more" },
  { warm: { tag: "pass" } },
  { warm: { keys: ["k1", "k2"] } },
].map((question) => JSON.stringify(question));

const operations = [
  { do: "replay", id: "q1" },
  { do: "discard", id: "q1" },
  { do: "restart", actor: "n1/nobody", why: "it is slow" },
  { do: "stop", actor: "n1/nobody" },
].map((operation) => JSON.stringify(operation));

const alertOrders = [
  { do: "silence", rule: "*", labels: { node: "n1" }, seconds: 60, by: "ada", reason: "moved" },
  { do: "unsilence", id: "s1", by: "ada" },
  { do: "acknowledge", alert: "NodeLost@n1[]", by: "ada", reason: "on it" },
  { do: "resolve", alert: "NodeLost@n1[]", by: "ada", reason: "over" },
].map((order) => JSON.stringify(order));

const alerting = `every: 15
without: [HighCpu]
rules:
  - name: Backlog
    severity: warning
    summary: "{{value}} goals"
    condition: { type: threshold, metric: troupe_goals, operator: ">", value: 50 }
    for: 120
    escalate: [{ after: 900, severity: critical }]
handlers:
  - { type: log }
`;

const deployment = `name: acme
nodes: { min: 2, max: 20, scaling: keda, cpu: { request: 500m, limit: "2" } }
monitoring: { otlp: "http://otel:4318" }
operators: [data-team]
`;

const environment = `NATS_URL=nats://a:b@c:4222
TROUPE_PREFIX=acme
TROUPE_RESOURCES=gpu=1, tape=2
TROUPE_UNITS=licence=2
TROUPE_CONCURRENCY=4
TROUPE_RETENTION_DAYS=0.5
TROUPE_KEEP_WORK=1`;

const modelEnvironment = `TROUPE_MODEL_PROVIDER=anthropic
TROUPE_MODEL=m
TROUPE_MODEL_URL=http://127.0.0.1:9
TROUPE_MODEL_KEY=k
TROUPE_MODEL_INPUT_PRICE=3
TROUPE_MODEL_OUTPUT_PRICE=15`;

const consoleEnvironment = `NATS_URL=nats://c:4222
TROUPE_CONSOLE_HOST=0.0.0.0
TROUPE_CONSOLE_PORT=4280
TROUPE_CONSOLE_TOKEN=0123456789abcdef
TROUPE_CONSOLE_STATUS_MS=2000`;

/** What readers are given in good order, to be put into disorder. */
export const samples = {
  domain,
  problem,
  workflow,
  flow,
  goals,
  alerting,
  deployment,
  environment,
  modelEnvironment,
  consoleEnvironment,
  commands,
  questions,
  operations,
  alertOrders,
};
