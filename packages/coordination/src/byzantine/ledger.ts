import { canonicalJson } from "./digest.ts";
import type { ReplicaGroup, StateMachine } from "./group.ts";
import type { Outcome, Request } from "./messages.ts";

/** The answer to a request that was executed. */
export interface Answer {
  readonly sequence: number;
  /** For each operation JSON text of an {@link Outcome}. */
  readonly results: readonly string[];
}

/** What is remembered of a client. */
interface ClientRecord {
  /** Requests up to this timestamp that are not in `answers` count as executed, their answer forgotten. */
  readonly floor: number;
  /** Answers by timestamp, in the order of the timestamps. */
  readonly answers: ReadonlyMap<number, Answer>;
}

/** What all replicas have in common at one sequence: the machine's state, and who was answered what. */
export interface Ledger {
  readonly state: unknown;
  readonly clients: ReadonlyMap<string, ClientRecord>;
}

/** Answers remembered of a client for each request it may have under way. */
const answersPerOutstanding = 4;

/** The ledger before anything is executed. */
export function emptyLedger({ machine }: Pick<ReplicaGroup, "machine">): Ledger {
  return { state: machine.initial, clients: new Map() };
}

/** The answer to a request, `forgotten` when it was executed long ago, `undefined` when it was not. */
export function answerTo(
  { clients }: Ledger,
  { client, timestamp }: Pick<Request, "client" | "timestamp">,
): Answer | "forgotten" | undefined {
  const known = clients.get(client);
  return (
    known?.answers.get(timestamp) ?? (timestamp <= (known?.floor ?? -1) ? "forgotten" : undefined)
  );
}

/**
 * Executes a request at its place in the order. One that was executed before changes nothing.
 *
 * @returns the answer, or `undefined` when it was executed before
 */
export function execute(
  group: ReplicaGroup,
  ledger: Ledger,
  request: Request,
  sequence: number,
): { readonly ledger: Ledger; readonly answer: Answer | undefined } {
  if (answerTo(ledger, request) !== undefined) return { ledger, answer: undefined };
  let { state } = ledger;
  const results: string[] = [];
  for (const operation of request.operations) {
    const applied = apply(group.machine, state, operation);
    state = applied.state;
    results.push(canonicalJson(applied.outcome));
  }
  const answer = { sequence, results };
  const clients = new Map(ledger.clients);
  clients.set(
    request.client,
    remember(group, clients.get(request.client), request.timestamp, answer),
  );
  return { ledger: { state, clients }, answer };
}

function apply(
  machine: StateMachine<unknown>,
  state: unknown,
  operation: string,
): { readonly state: unknown; readonly outcome: Outcome } {
  try {
    const applied = machine.apply(state, JSON.parse(operation));
    return { state: applied.state, outcome: { value: applied.result ?? null } };
  } catch (error) {
    return { state, outcome: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function remember(
  { limits }: ReplicaGroup,
  known: ClientRecord = { floor: -1, answers: new Map() },
  timestamp: number,
  answer: Answer,
): ClientRecord {
  const isNewest = timestamp > (lastKey(known.answers) ?? -1);
  const answers = isNewest
    ? new Map(known.answers).set(timestamp, answer)
    : new Map([...known.answers, [timestamp, answer] as const].sort(([a], [b]) => a - b));
  let { floor } = known;
  while (answers.size > answersPerOutstanding * limits.clientOutstanding) {
    const [oldest = 0] = answers.keys();
    answers.delete(oldest);
    floor = oldest;
  }
  return { floor, answers };
}

function lastKey(answers: ReadonlyMap<number, Answer>): number | undefined {
  return [...answers.keys()].at(-1);
}

/** The ledger as text, equal on all replicas at the same sequence. */
export function encodeLedger({ state, clients }: Ledger): string {
  const records = [...clients]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { floor, answers }]) => [
      name,
      floor,
      [...answers].map(([timestamp, { sequence, results }]) => [timestamp, sequence, results]),
    ]);
  return canonicalJson([state, records]);
}

/** Reads what {@link encodeLedger} wrote. */
export function decodeLedger(text: string): Ledger {
  const [state, records] = JSON.parse(text) as [
    unknown,
    [string, number, [number, number, string[]][]][],
  ];
  return {
    state,
    clients: new Map(
      records.map(([name, floor, answers]) => [
        name,
        {
          floor,
          answers: new Map(
            answers.map(([timestamp, sequence, results]) => [timestamp, { sequence, results }]),
          ),
        },
      ]),
    ),
  };
}
