import { fileURLToPath } from "node:url";
import { type ActorSystem, createActorSystem } from "@troupe/actor";
import { InMemoryNetwork } from "@troupe/testkit";
import { BiddersMissingError } from "../errors.ts";
import type { Io } from "../io.ts";
import { gather } from "../temporary-cluster/gather.ts";
import { openCluster } from "../temporary-cluster/open-cluster.ts";
import type { Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import { type Share, shareOf } from "./bidders.ts";

const program = fileURLToPath(new URL("./assign-node.ts", import.meta.url));

/** How a node reads its file: as an assignment, or as problems with capacities and costs or profits. */
type AssignKind = "assignment" | "capacities" | "profits";

/** What actors are needed, and where. */
export interface StageSpec {
  readonly kind: AssignKind;
  /** Absolute path; read by the nodes. */
  readonly file: string;
  /** What the actors advertise. */
  readonly capability: string;
  /** In all. */
  readonly actors: number;
  /** Processes that host them; 0: this one does. */
  readonly nodes: number;
  /** NATS server for the nodes. Default: one started for it. */
  readonly server?: string;
  /** Starts actors in this process. */
  readonly host: (system: ActorSystem, share: Share) => void;
}

/** A system with actors in it, or in reach of it. */
export interface Stage {
  readonly system: ActorSystem;
  /** Addresses by number of the actor. */
  readonly actors: readonly string[];
}

/**
 * Starts actors in this process, or in others joined with it by NATS.
 *
 * @throws BiddersMissingError, and what `openCluster` throws
 */
export async function setStage(io: Io, undo: Undo, spec: StageSpec): Promise<Stage> {
  const { kind, file, capability, actors, nodes, server, host } = spec;
  const { clock, random } = io;
  let system: ActorSystem;
  if (nodes === 0) {
    const network = new InMemoryNetwork({ clock, random });
    const ports = { transport: network.connect("assign"), clock, random };
    system = createActorSystem({ node: "assign", ports });
    undo.push(() => system.stop());
    host(system, { first: 0, end: actors, all: actors });
  } else {
    const opened = await openCluster(io, undo, {
      purpose: "assign",
      node: "auctioneer",
      program,
      nodes: Array.from({ length: nodes }, (_, index) => {
        const { first, end, all } = shareOf(actors, nodes, index);
        const settings = {
          TROUPE_ASSIGN_FILE: file,
          TROUPE_ASSIGN_KIND: kind,
          TROUPE_ASSIGN_FIRST: String(first),
          TROUPE_ASSIGN_END: String(end),
          TROUPE_ASSIGN_ALL: String(all),
        };
        return { name: `bidders-${index + 1}`, settings };
      }),
      ...(server === undefined ? {} : { server }),
    });
    system = opened.system;
  }
  const missing = (found: number, waitMs: number): Error =>
    new BiddersMissingError(found, actors, waitMs);
  const found = await unlessInterrupted(io, gather(system, clock, capability, actors, missing));
  const numberOf = (address: string): number => Number(/(\d+)$/.exec(address)?.[1]);
  return { system, actors: found.toSorted((one, other) => numberOf(one) - numberOf(other)) };
}
