import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import { batchDigest, emptyBatchDigest, sha256 } from "../digest.ts";
import type {
  Batch,
  Certificate,
  Checkpoint,
  Commit,
  NewView,
  PeerMessage,
  PrePrepare,
  Prepare,
  Reply,
  ViewChange,
} from "../messages.ts";
import type { Identity, Input, ReplicaState } from "../state.ts";
import { replyText, type Signed, signed, type Unsigned } from "../statement.ts";

/** A message of a liar to one replica. */
export interface Mail {
  readonly to: string;
  readonly message: PeerMessage;
}

/** What a habit has to work with. */
export interface Lie {
  readonly identity: Identity;
  readonly random: Random;
  readonly others: readonly string[];
  /** What it was sent lately. */
  readonly heard: PeerMessage[];
  /** Which replicas are told the second story at a view and sequence. */
  readonly sides: Map<string, ReadonlySet<string>>;
  /** What it has answered, and whom: once is enough, or two liars would go on for ever. */
  readonly agreed: Set<string>;
  /** Whether to lie this time. */
  lies(): boolean;
  state(): ReplicaState;
  leads(view: number): boolean;
}

interface Way {
  /** Changes what an honest replica would send. */
  distort?(lie: Lie, mails: readonly Mail[]): readonly Mail[];
  /** Sends something besides, because of what came. */
  react?(lie: Lie, input: Input): readonly Mail[];
  /** Changes a reply to a client. */
  answer?(lie: Lie, reply: Reply): Reply;
}

/** The names of all habits. */
export type Habit =
  | "equivocate"
  | "agree"
  | "silentLeader"
  | "mute"
  | "wrongDigest"
  | "forge"
  | "replay"
  | "conflictingViewChanges"
  | "falseNewView"
  | "selfProof"
  | "falseState"
  | "falseReply";

/** Every way of lying there is. */
export const habits: Readonly<Record<Habit, Way>> = {
  /** As leader it orders one batch for some and another for the others, and agrees to both. */
  equivocate: { distort: twoOrders, react: agreeToAll },
  /** It agrees to whatever anybody says, whoever said it. */
  agree: { react: agreeToAll },
  /** As leader it orders nothing, and begins no view. */
  silentLeader: {
    distort: (lie, mails) =>
      mails.filter(
        ({ message: { kind } }) => !["proposal", "new-view"].includes(kind) || !lie.lies(),
      ),
  },
  /** It says nothing to some, at times. */
  mute: { distort: (lie, mails) => mails.filter(() => !lie.lies()) },
  /** It votes for digests of nothing, orders them, and sends batches that do not fit their digest. */
  wrongDigest: { distort: (lie, mails) => mails.map((mail) => withWrongDigest(lie, mail)) },
  /** It repeats its votes in the others' names, and asks for what no client asked for. */
  forge: {
    distort: (lie, mails) => mails.flatMap((mail) => [mail, ...forged(lie, mail)]),
    react: forgedQuorum,
  },
  /** It sends again what it heard long ago, of whomever. */
  replay: { react: replay },
  /** It tells everyone something else of what it had prepared, and wants views that nobody needs. */
  conflictingViewChanges: {
    distort: (lie, mails) => mails.map((mail) => withOtherViewChange(lie, mail)),
    react: needlessViewChange,
  },
  /** It begins views in which others' batches are gone. */
  falseNewView: { distort: (lie, mails) => mails.map((mail) => withFalseNewView(lie, mail)) },
  /** It shows proofs that consist of its own word, repeated. */
  selfProof: { react: selfProofs },
  /** It hands out states that nobody computed. */
  falseState: { distort: (lie, mails) => mails.map((mail) => withFalseState(lie, mail)) },
  /** It tells clients other results. */
  falseReply: { answer: falseReply },
};

/** Signs in the liar's own name. */
function sign<Message extends Signed>({ identity }: Lie, message: Unsigned<Message>): Message {
  const { group, name, signatures } = identity;
  return signed<Message>(message, { group: group.name, sender: name, signatures });
}

/** Other batches that a leader could have ordered: every request in them is its client's. */
function otherBatch(lie: Lie, batch: Batch): Batch | undefined {
  if (batch.length > 1) return happens(lie.random, 0.5) ? [...batch].reverse() : batch.slice(1);
  const digest = batchDigest(batch);
  const state = lie.state();
  const known = [...state.bodies.values()].map((body) => body.batch);
  const waiting = [...state.pending.values()].map((request) => [request]);
  const choices = [...waiting, ...known].filter(
    (other) => other.length > 0 && batchDigest(other) !== digest,
  );
  return choices.length === 0 ? undefined : pick(lie.random, choices);
}

function twoOrders(lie: Lie, mails: readonly Mail[]): readonly Mail[] {
  const stories = new Map<string, PeerMessage | undefined>();
  return mails.map((mail) => {
    const { message, to } = mail;
    if (message.kind !== "proposal" || message.prePrepare.sender !== lie.identity.name) return mail;
    const { view, sequence } = message.prePrepare;
    const place = `${view} ${sequence}`;
    if (!lie.sides.has(place)) lie.sides.set(place, drawSide(lie));
    if (!lie.sides.get(place)?.has(to)) return mail;
    if (!stories.has(place)) stories.set(place, secondStory(lie, message));
    const second = stories.get(place);
    return second === undefined ? mail : { to, message: second };
  });
}

function drawSide(lie: Lie): ReadonlySet<string> {
  return new Set(lie.lies() ? lie.others.filter(() => happens(lie.random, 0.5)) : []);
}

function secondStory(
  lie: Lie,
  { batch, prePrepare }: Extract<PeerMessage, { kind: "proposal" }>,
): PeerMessage | undefined {
  const other = otherBatch(lie, batch);
  if (other === undefined) return undefined;
  const { view, sequence } = prePrepare;
  const digest = batchDigest(other);
  const order = sign<PrePrepare>(lie, { kind: "pre-prepare", view, sequence, digest });
  return { kind: "proposal", prePrepare: order, batch: other };
}

function agreeToAll(lie: Lie, input: Input): readonly Mail[] {
  if (input.kind !== "message") return [];
  const { message } = input;
  const vote = message.kind === "proposal" ? message.prePrepare : message;
  if (vote.kind !== "pre-prepare" && vote.kind !== "prepare" && vote.kind !== "commit") return [];
  const { view, sequence, digest, sender: to } = vote;
  const place = `${to} ${view} ${sequence} ${digest}`;
  if (lie.agreed.has(place)) return [];
  lie.agreed.add(place);
  const commit = sign<Commit>(lie, { kind: "commit", view, sequence, digest });
  if (lie.leads(view)) return [{ to, message: commit }];
  const prepare = sign<Prepare>(lie, { kind: "prepare", view, sequence, digest });
  return [
    { to, message: prepare },
    { to, message: commit },
  ];
}

function withWrongDigest(lie: Lie, mail: Mail): Mail {
  const { message, to } = mail;
  if (!lie.lies()) return mail;
  const digest = sha256(`nothing ${lie.random.next()}`);
  switch (message.kind) {
    case "prepare":
      return { to, message: sign<Prepare>(lie, { ...message, digest }) };
    case "commit":
      return { to, message: sign<Commit>(lie, { ...message, digest }) };
    case "checkpoint":
      return { to, message: sign<Checkpoint>(lie, { ...message, digest }) };
    case "proposal": {
      const other = otherBatch(lie, message.batch);
      if (other !== undefined && happens(lie.random, 0.5)) {
        return { to, message: { ...message, batch: other } };
      }
      const prePrepare = sign<PrePrepare>(lie, { ...message.prePrepare, digest });
      return { to, message: { ...message, prePrepare } };
    }
    default:
      return mail;
  }
}

function forged(lie: Lie, { to, message }: Mail): readonly Mail[] {
  if (!lie.lies()) return [];
  switch (message.kind) {
    case "prepare":
    case "commit":
    case "checkpoint":
      return lie.others.map((sender) => ({ to, message: { ...message, sender } }));
    case "proposal":
      return [{ to, message: withInventedRequest(lie, message) }];
    case "view-change":
      return lie.others.map((sender) => ({ to, message: { ...message, sender } }));
    default:
      return [];
  }
}

/** Where one batch is ordered, votes in everybody's name for another. */
function forgedQuorum(lie: Lie, input: Input): readonly Mail[] {
  if (input.kind !== "message" || input.message.kind !== "proposal" || !lie.lies()) return [];
  const { prePrepare, batch } = input.message;
  const place = `forged ${prePrepare.view} ${prePrepare.sequence}`;
  if (lie.agreed.has(place)) return [];
  lie.agreed.add(place);
  const other = otherBatch(lie, batch);
  if (other === undefined) return [];
  const { view, sequence } = prePrepare;
  const digest = batchDigest(other);
  const prepare = sign<Prepare>(lie, { kind: "prepare", view, sequence, digest });
  const commit = sign<Commit>(lie, { kind: "commit", view, sequence, digest });
  const names = [lie.identity.name, ...lie.others];
  return lie.others.flatMap((to) => [
    ...names.map((sender) => ({ to, message: { ...prepare, sender } })),
    ...names.map((sender) => ({ to, message: { ...commit, sender } })),
    { to, message: { kind: "body", batch: other } as const },
  ]);
}

function withInventedRequest(
  lie: Lie,
  { batch, prePrepare }: Extract<PeerMessage, { kind: "proposal" }>,
): PeerMessage {
  const [first] = batch;
  const client = first?.client ?? "nobody";
  const timestamp = (first?.timestamp ?? 0) + between(lie.random, 1, 5);
  const operations = [JSON.stringify("invented")];
  const signature = lie.identity.signatures.sign("invented");
  const invented = [{ client, timestamp, operations, signature }];
  const { view } = prePrepare;
  const sequence = prePrepare.sequence + between(lie.random, 0, 1);
  const digest = batchDigest(invented);
  const order = sign<PrePrepare>(lie, { kind: "pre-prepare", view, sequence, digest });
  return { kind: "proposal", prePrepare: order, batch: invented };
}

function replay(lie: Lie): readonly Mail[] {
  if (lie.heard.length === 0 || !happens(lie.random, 0.3)) return [];
  return [{ to: pick(lie.random, lie.others), message: pick(lie.random, lie.heard) }];
}

function withOtherViewChange(lie: Lie, mail: Mail): Mail {
  const { message, to } = mail;
  if (message.kind !== "view-change" || message.sender !== lie.identity.name || !lie.lies()) {
    return mail;
  }
  return { to, message: otherViewChange(lie, message) };
}

function otherViewChange(lie: Lie, message: ViewChange): ViewChange {
  const story = between(lie.random, 0, 5);
  if (story === 0) return sign<ViewChange>(lie, { ...message, prepared: [] });
  if (story === 1) return sign<ViewChange>(lie, { ...message, stable: 0, proof: [], prepared: [] });
  if (story === 2) {
    const stable = message.stable + lie.identity.group.limits.checkpointEvery;
    return sign<ViewChange>(lie, { ...message, stable });
  }
  return sign<ViewChange>(lie, { ...message, prepared: inventedCertificates(lie, message.view) });
}

/**
 * Claims that other batches were prepared at every sequence under way, with prepares in its own name or,
 * made up, in the others'.
 */
function inventedCertificates(lie: Lie, before: number): Certificate[] {
  const state = lie.state();
  const { group } = lie.identity;
  const led = Array.from({ length: before }, (_, view) => view).filter((view) => lie.leads(view));
  const view = led.at(-1) ?? before - 1;
  const leader = leaderName(lie, view);
  const inOwnName = happens(lie.random, 0.3);
  const batches = [...state.bodies.keys()];
  return [...state.slots.keys()].map((sequence) => {
    const digest = pick(lie.random, batches);
    const order = { kind: "pre-prepare", view, sequence, digest } as const;
    const prePrepare = { ...sign<PrePrepare>(lie, order), sender: leader };
    const prepare = sign<Prepare>(lie, { kind: "prepare", view, sequence, digest });
    const senders = group.replicas.map(({ name }) => name).filter((name) => name !== leader);
    const prepares = senders
      .slice(0, group.quorum - 1)
      .map((sender) => (inOwnName ? prepare : { ...prepare, sender }));
    return { prePrepare, prepares };
  });
}

function leaderName({ identity: { group } }: Lie, view: number): string {
  return group.replicas[view % group.replicas.length]?.name ?? "";
}

function needlessViewChange(lie: Lie, input: Input): readonly Mail[] {
  if (input.kind !== "timer" || input.timer !== "status" || !lie.lies()) return [];
  const { view, stable, certificates } = lie.state();
  const honest = sign<ViewChange>(lie, {
    kind: "view-change",
    view: view + between(lie.random, 1, 4),
    stable: stable.sequence,
    proof: [...stable.proof],
    prepared: [...certificates.values()],
  });
  return lie.others.map((to) => ({
    to,
    message: lie.lies() ? otherViewChange(lie, honest) : honest,
  }));
}

function withFalseNewView(lie: Lie, mail: Mail): Mail {
  const { message, to } = mail;
  if (message.kind !== "new-view" || message.sender !== lie.identity.name || !lie.lies())
    return mail;
  const { view, viewChanges, prePrepares } = message;
  const story = between(lie.random, 0, 3);
  const own = viewChanges.filter(({ sender }) => sender === lie.identity.name);
  if (story === 0) {
    const empty = prePrepares.map((one) =>
      sign<PrePrepare>(lie, { ...one, digest: emptyBatchDigest }),
    );
    return { to, message: sign<NewView>(lie, { ...message, prePrepares: empty }) };
  }
  if (story === 1) return { to, message: sign<NewView>(lie, { ...message, prePrepares: [] }) };
  // A quorum of its own view changes, in which nothing was prepared.
  const blank = sign<ViewChange>(lie, {
    kind: "view-change",
    view,
    stable: 0,
    proof: [],
    prepared: [],
  });
  const repeated = viewChanges.map((one, index) =>
    story === 2 || index > 0 ? blank : (own[0] ?? one),
  );
  return {
    to,
    message: sign<NewView>(lie, { ...message, viewChanges: repeated, prePrepares: [] }),
  };
}

function selfProofs(lie: Lie, input: Input): readonly Mail[] {
  if (input.kind !== "timer" || !lie.lies()) return [];
  const { identity, random } = lie;
  const { group } = identity;
  const state = lie.state();
  const batches = [...state.bodies.values()].map(({ batch }) => batch);
  const batch = pick(random, batches);
  const sequence = state.executed + between(random, 0, 2);
  const commit = sign<Commit>(lie, {
    kind: "commit",
    view: state.view,
    sequence,
    digest: batchDigest(batch),
  });
  const snapshot = JSON.stringify([{ count: 0, chain: "invented" }, []]);
  const { checkpointEvery } = group.limits;
  const checkpoint = sign<Checkpoint>(lie, {
    kind: "checkpoint",
    sequence: (Math.floor(state.executed / checkpointEvery) + 1) * checkpointEvery,
    digest: sha256(snapshot),
  });
  const asOthers = happens(random, 0.5);
  const names = [identity.name, ...lie.others].slice(0, group.quorum);
  const copies = <Message extends { readonly sender: string }>(message: Message): Message[] =>
    names.map((sender) => (asOthers ? { ...message, sender } : message));
  return lie.others.flatMap((to) => [
    { to, message: { kind: "decided", commits: copies(commit), batch } as const },
    { to, message: { kind: "state", proof: copies(checkpoint), snapshot } as const },
  ]);
}

function withFalseState(lie: Lie, mail: Mail): Mail {
  const { message, to } = mail;
  if (message.kind === "state" && message.snapshot !== "" && lie.lies()) {
    const snapshot = message.snapshot.replace(/"count":\d+/, '"count":999');
    return { to, message: { ...message, snapshot } };
  }
  if (message.kind === "decided" && lie.lies()) {
    const batch = otherBatch(lie, message.batch) ?? [];
    return { to, message: { ...message, batch } };
  }
  return mail;
}

function falseReply(lie: Lie, reply: Reply): Reply {
  if (!lie.lies()) return reply;
  const { identity } = lie;
  const results = reply.results.map(() => JSON.stringify({ value: { position: 0, chain: "" } }));
  const { sequence } = reply;
  const other = { ...reply, sequence: sequence + between(lie.random, 0, 1), results };
  return { ...other, signature: identity.signatures.sign(replyText(identity.group.name, other)) };
}
