import type { ServerReport, ServerWarning } from "./server-report.ts";

/** A full stream is announced while there is still time to act. */
const nearlyFull = 0.8;

export interface VersionFacts {
  readonly durability?: string;
  /** Whether conditional appends to replicated streams have one winner only. */
  readonly replicationSafe: boolean;
}

/** What is wrong with a server, each with what to do about it. Pure. */
export function reportWarnings(
  facts: Omit<ServerReport, "warnings">,
  version: VersionFacts,
): readonly ServerWarning[] {
  const found = [...serverWarnings(facts, version)];
  for (const stream of facts.streams) found.push(...streamWarnings(stream, version));
  return found;
}

function* serverWarnings(
  { jetstream, authenticates, url }: Omit<ServerReport, "warnings">,
  { durability }: VersionFacts,
): Generator<ServerWarning> {
  if (!jetstream.enabled) {
    yield {
      code: "jetstream-disabled",
      message: `the server at ${url} has no JetStream for this account`,
      remedy: "start it with 'nats-server -js' or a 'jetstream { store_dir: ... }' block",
    };
  }
  if (!authenticates) {
    yield {
      code: "no-authentication",
      message: `the server at ${url} lets anyone in who can reach it`,
      remedy: "add an 'authorization' block or accounts, and put the credentials into NATS_URL",
    };
  }
  if (durability !== undefined) {
    yield {
      code: "durability",
      message: durability,
      remedy: "use nats-server 2.12.3 or newer with sync_interval: always",
    };
  }
  if (
    jetstream.enabled &&
    isNearlyFull(jetstream.storage.usedBytes, jetstream.storage.limitBytes)
  ) {
    yield {
      code: "account-nearly-full",
      message: `JetStream uses ${jetstream.storage.usedBytes} of ${jetstream.storage.limitBytes} bytes`,
      remedy: "raise the account's limit or purge what is no longer needed",
    };
  }
}

function* streamWarnings(
  stream: ServerReport["streams"][number],
  { replicationSafe }: VersionFacts,
): Generator<ServerWarning> {
  if (stream.refusesWhenFull && isNearlyFull(stream.bytes, stream.limitBytes)) {
    yield {
      code: "stream-nearly-full",
      message: `stream ${stream.name} holds ${stream.bytes} of ${stream.limitBytes} bytes and refuses records when full`,
      remedy: `raise its max_bytes ('nats stream edit ${stream.name}') or purge subjects that are finished`,
    };
  }
  if (stream.replicas > 1 && !replicationSafe) {
    yield {
      code: "unsafe-replication",
      message: `stream ${stream.name} has ${stream.replicas} replicas on a server whose replicated conditional appends can have two winners`,
      remedy: "use nats-server 2.10 or newer, or 1 replica",
    };
  }
  if (stream.currentReplicas !== undefined && stream.currentReplicas < stream.replicas) {
    yield {
      code: "replica-behind",
      message: `stream ${stream.name} has ${stream.currentReplicas} of ${stream.replicas} replicas up to date`,
      remedy: "check the servers of the cluster and the network between them",
    };
  }
}

function isNearlyFull(used: number, limit: number | undefined): boolean {
  return limit !== undefined && limit > 0 && used >= limit * nearlyFull;
}
