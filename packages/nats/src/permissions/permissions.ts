import { inboxPrefix } from "../connection/inbox.ts";
import { InvalidOptionError } from "../errors.ts";
import { checkPrefix } from "../streams/layout.ts";
import { produceStreams, readStreams } from "./stream-api.ts";

/**
 * What a NATS user is there for.
 *
 * - `node`: an actor node that takes goals. It speaks for its own actors only, but writes the journal: nodes trust each
 *   other with what is stored.
 * - `agent`: a node whose agents bid, vote and work, and nothing else: nothing stored is open to it. With `callers` it
 *   speaks to these nodes only; default: to all.
 * - `publisher`: publishes goals and commands to goals, and learns what becomes of them.
 * - `observer`: sees goals, results and who is there. Changes nothing.
 * - `console`: what publishers and observers can do, asks nodes how they are, and has them replay, discard, restart, stop,
 *   and forget cached results.
 */
export type Role =
  | { readonly role: "node"; readonly node: string }
  | { readonly role: "agent"; readonly node: string; readonly callers?: readonly string[] }
  | { readonly role: "publisher" | "observer" | "console" };

/** Where the permissions hold. */
export interface PermissionScope {
  /** The deployment's prefix; default `troupe`. */
  readonly prefix?: string;
  /** The actor system; default `main`. */
  readonly system?: string;
  /** Name of the NATS user: its inboxes are its own. Each user needs another one. */
  readonly user: string;
}

/** Subjects that a user may publish and subscribe to, in the words of nats-server. What is not allowed is denied. */
export interface Permissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  /** Answers to requests that reached the user, wherever the asker wants them. */
  readonly allowResponses?: { readonly max: number; readonly expiresMs: number };
}

/** Nodes answer goals when these are stored, which may take a while after a change of leader. */
const answerWithinMs = 300_000;
const tokenPattern = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * What a user of that role may do on NATS, and nothing else.
 *
 * Messages between actors name the sending node in their subject, and so do heartbeats: whoever may publish under one
 * node's name only cannot bid, vote, answer, or report ends and arrivals in another's. Subjects of messages begin with
 * the receiving node, and inboxes with the user: what is sent to one is read by no other, so bids and ballots are sealed.
 *
 * The boundary is the node: of agents on one node that node's own word is taken, see docs/security.md.
 *
 * @throws InvalidOptionError when a name cannot be one token of a subject; InvalidPrefixError for the prefix
 */
export function permissionsOf(role: Role, scope: PermissionScope): Permissions {
  const { prefix = "troupe", system = "main", user } = scope;
  checkPrefix(prefix);
  token("system", system);
  const inbox = `${inboxPrefix(user)}.>`;
  switch (role.role) {
    case "node": {
      const speech = speechOf(prefix, system, role.node, undefined);
      return {
        publish: {
          allow: [
            ...speech.publish,
            ...["journal", "snapshot", "segment", "dead", "results", "spans", "cache"].map(
              (kind) => `${prefix}.${kind}.>`,
            ),
            `${prefix}.intake.accepted`,
            `${prefix}.alerts`,
            `${prefix}.cache-notices`,
            ...produceStreams(prefix),
          ],
        },
        subscribe: {
          allow: [
            ...speech.subscribe,
            inbox,
            `${prefix}.goals`,
            `${prefix}.query.>`,
            `${prefix}.command.>`,
            `${prefix}.intake.accepted`,
            `${prefix}.cache-notices`,
            `${prefix}.cache-requests`,
            `${prefix}.node.${token("node", role.node)}.*`,
            "$SRV.>",
          ],
        },
        allowResponses: { max: 1, expiresMs: answerWithinMs },
      };
    }
    case "agent": {
      const speech = speechOf(prefix, system, role.node, role.callers);
      return {
        publish: { allow: [...speech.publish, `${prefix}.spans.>`] },
        subscribe: { allow: [...speech.subscribe, inbox] },
      };
    }
    case "publisher":
      return {
        publish: { allow: goalCommands(prefix) },
        subscribe: { allow: [inbox, ...goalNews(prefix)] },
      };
    case "observer":
      return {
        publish: { allow: [`${prefix}.query.>`, ...nodeReports(prefix), ...readStreams(prefix)] },
        subscribe: {
          allow: [inbox, ...goalNews(prefix), `${prefix}.alerts`, `${prefix}.${system}.cluster.*`],
        },
      };
    case "console":
      return {
        publish: {
          allow: [
            ...goalCommands(prefix),
            `${prefix}.cache-requests`,
            ...readStreams(prefix),
            `${prefix}.node.*.*`,
            "$SRV.>",
          ],
        },
        subscribe: {
          allow: [inbox, ...goalNews(prefix), `${prefix}.alerts`, `${prefix}.${system}.cluster.*`],
        },
      };
  }
}

/** How a node of actors speaks and is spoken to. */
function speechOf(
  prefix: string,
  system: string,
  node: string,
  callers: readonly string[] | undefined,
): { readonly publish: readonly string[]; readonly subscribe: readonly string[] } {
  const own = token("node", node);
  const subjects = `${prefix}.${system}`;
  const receivers = callers?.map((caller) => token("caller", caller)) ?? ["*"];
  return {
    publish: [
      ...receivers.flatMap((receiver) => [
        `${subjects}.actor.${receiver}.${own}`,
        `${subjects}.actor.${receiver}.${own}.>`,
      ]),
      `${subjects}.cluster.${own}`,
    ],
    subscribe: [
      `${subjects}.actor.${own}.>`,
      `${subjects}.inbox.${own}.*`,
      `${subjects}.cluster.*`,
    ],
  };
}

function goalCommands(prefix: string): string[] {
  return [`${prefix}.goals`, `${prefix}.query.>`, `${prefix}.command.>`];
}

/** How nodes are asked how they are. */
function nodeReports(prefix: string): string[] {
  return [`${prefix}.node.*.status`, `${prefix}.node.*.ready`];
}

function goalNews(prefix: string): string[] {
  return [`${prefix}.events.>`, `${prefix}.results.>`];
}

function token(what: string, value: string): string {
  if (tokenPattern.test(value)) return value;
  throw new InvalidOptionError(what, value, "use 1 to 64 letters, digits, '-' and '_'");
}
