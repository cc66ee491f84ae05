import {
  type ActorSystem,
  type Journal,
  type Ports,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import {
  AnswerDesk,
  CacheDesk,
  cleanKind,
  etlKind,
  flowKind,
  flowTaskTypes,
  type GoalKind,
  Intake,
  ReceiptDesk,
  removeWorkFolder,
  reportKind,
  sharedExperience,
  subjectsOf,
  type Workshop,
} from "@troupe/goals";
import { type Connection, natsWorkQueue, streamName } from "@troupe/nats";
import type { ResultCache } from "@troupe/orchestration";
import type { NodeConfig } from "./config.ts";

/** What a node needs to have a part in goals. */
export interface GoalServiceParts {
  readonly config: NodeConfig;
  readonly connection: Connection;
  readonly system: ActorSystem;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly workshop: Workshop;
  readonly cache: ResultCache;
}

/** A node's part in goals. */
export interface GoalService {
  readonly intake: Intake;
  /** Takes no more goals, gives back those under way, and then answers no more clients. */
  stop(): Promise<void>;
}

/** Begins to answer clients and to take goals. */
export async function serveGoals(parts: GoalServiceParts): Promise<GoalService> {
  const { config, connection, system, ports, journal, workshop, cache } = parts;
  const { node, prefix, leaseMs } = config;
  const { transport, log } = ports;
  const subjects = subjectsOf(prefix);
  const kinds = kindsOf(workshop);
  const stream = streamName(prefix, "goals");
  const receipts = new ReceiptDesk({ ports, journal, subjects, kinds, stream });
  const answers = new AnswerDesk({ system, ports, journal, subjects });
  const cacheDesk = new CacheDesk({ node, cache, transport, log, subjects });
  const intake = new Intake({
    system,
    ports,
    journal,
    queue: natsWorkQueue(connection, { prefix, leaseMs }),
    subjects,
    kinds,
    keepAliveMs: Math.floor(leaseMs / 4),
    archive: { archiveEvery: config.archiveEvery },
    experience: sharedExperience({ journal, clock: systemClock, random: systemRandom, log }),
    ...(config.keepWork
      ? {}
      : { goalEnded: (goal: string) => removeWorkFolder(workshop.workspace, goal) }),
  });
  await transport.flush();
  await intake.start();
  return {
    intake,
    stop: async () => {
      await intake.close();
      receipts.close();
      answers.close();
      cacheDesk.close();
    },
  };
}

/** The kinds of goals that a node takes. */
function kindsOf(workshop: Workshop): readonly GoalKind[] {
  const { reasoner } = workshop.world;
  const types = flowTaskTypes(workshop);
  return [
    cleanKind,
    etlKind,
    reportKind,
    flowKind({ types, ...(reasoner === undefined ? {} : { reasoner }) }),
  ];
}
