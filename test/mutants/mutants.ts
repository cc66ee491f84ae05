import { byzantineMutants } from "./byzantine-mutants.ts";
import { conferenceMutants } from "./conference-mutants.ts";
import { conversationMutants } from "./conversation-mutants.ts";
import { agreementMutants, coordinationMutants } from "./coordination-mutants.ts";
import { decisionLogMutants } from "./decision-log-mutants.ts";
import { delegationMutants } from "./delegation-mutants.ts";
import { liarMutants } from "./liar-mutants.ts";
import { replanningMutants } from "./replanning-mutants.ts";

/** A bug to plant: in the file, the text `search`, which stands there once, becomes `replace`. */
export interface Mutant {
  /** What is wrong with it. */
  readonly bug: string;
  /** Relative to the folder of the packages. */
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** The scenario that has to find it. */
  readonly scenario: string;
}

const actor = "actor/src";
const scenarios = "testkit/src/simulation/scenarios";

/** Bugs as they are made. Each has to be found within a thousand seeds. */
export const mutants: readonly Mutant[] = [
  {
    bug: "a restarted node numbers its asks as its former life did",
    file: `${actor}/asks/asks.ts`,
    search: "this.#latest = (clock.now() % 2 ** 22) * 2 ** 10;",
    replace: "this.#latest = 0;",
    scenario: "messaging",
  },
  {
    bug: "an ask of an earlier slot does not bring the timer forward",
    file: `${actor}/asks/deadlines.ts`,
    search: "if (slot.number < this.#armedSlot) this.#arm(slot.number);",
    replace: "if (this.#armedSlot === Number.POSITIVE_INFINITY) this.#arm(slot.number);",
    scenario: "messaging",
  },
  {
    bug: "after a slot of deadlines the timer is not armed for the next",
    file: `${actor}/asks/deadlines.ts`,
    search: "if (next < this.#armedSlot) this.#arm(next);",
    replace: "if (next < 0) this.#arm(next);",
    scenario: "messaging",
  },
  {
    bug: "asks whose time is over are handled all the same",
    file: `${actor}/system/cell.ts`,
    search: "if (asked?.isOver === true) {",
    replace: "if (asked?.isOver === null) {",
    scenario: "messaging",
  },
  {
    bug: "the mailbox takes the next message while a handler waits",
    file: `${actor}/system/cell.ts`,
    search: "if (this.#busy !== undefined) return handled;",
    replace: "if (this.#busy === null) return handled;",
    scenario: "messaging",
  },
  {
    bug: "circles of asks are not noticed",
    file: `${actor}/system/node.ts`,
    search: "if (chain.length > 0 && chain.includes(address)) {",
    replace: "if (chain.length > 99 && chain.includes(address)) {",
    scenario: "messaging",
  },
  {
    bug: "a node that starts again is taken for its former life",
    file: `${actor}/cluster/membership.ts`,
    search: "if (known.incarnation === beat.incarnation) return [];",
    replace: "if (known !== undefined) return [];",
    scenario: "messaging",
  },
  {
    bug: "a node that was lost stays among the living",
    file: `${actor}/cluster/membership.ts`,
    search: "    this.#members.set(beat.node, { ...newest, heardAt: now });",
    replace:
      "    if (known === undefined) this.#members.set(beat.node, { ...newest, heardAt: now });",
    scenario: "messaging",
  },
  {
    bug: "watchers are told of the end of a node only if it said goodbye",
    file: `${actor}/system/node.ts`,
    search: `if (change.kind !== "node-joined") this.#nodeGone(change.node);`,
    replace: `if (change.kind === "node-left") this.#nodeGone(change.node);`,
    scenario: "messaging",
  },
  {
    bug: "a message that failed goes to the end of the mailbox",
    file: `${actor}/system/cell.ts`,
    search: "      this.mailbox.unshift(envelope);",
    replace: "      this.mailbox.push(envelope);",
    scenario: "supervision",
  },
  {
    bug: "the last message of a mailbox that was put back is lost",
    file: `${actor}/mailbox/mailbox.ts`,
    search: "    this.#tail ??= message;",
    replace: "    this.#tail = message;",
    scenario: "supervision",
  },
  {
    bug: "the mailbox is emptied by a restart",
    file: `${actor}/system/cell.ts`,
    search: `    this.#state = "backing-off";`,
    replace: `    this.#state = "backing-off";\n    this.mailbox.drain();`,
    scenario: "supervision",
  },
  {
    bug: "a message may fail once more than it should",
    file: `${actor}/system/cell.ts`,
    search: "if (envelope.failures < (this.actor.options.poisonAfter ?? 1) && this.alive) {",
    replace: "if (envelope.failures <= (this.actor.options.poisonAfter ?? 1) && this.alive) {",
    scenario: "supervision",
  },
  {
    bug: "a poisonous message is dropped instead of quarantined",
    file: `${actor}/system/cell.ts`,
    search: "    this.host.quarantine.add(this.address, envelope, error);",
    replace: "",
    scenario: "supervision",
  },
  {
    bug: "a poisonous message is quarantined and tried again",
    file: `${actor}/system/cell.ts`,
    search: "    this.host.quarantine.add(this.address, envelope, error);",
    replace:
      "    this.host.quarantine.add(this.address, envelope, error);\n    if (envelope.failures < 9) this.mailbox.unshift(envelope);",
    scenario: "supervision",
  },
  {
    bug: "a replayed message stays in quarantine",
    file: `${actor}/system/quarantine.ts`,
    search: "    this.#kept.delete(id);\n    const { envelope } = kept;",
    replace: "    const { envelope } = kept;",
    scenario: "supervision",
  },
  {
    bug: "work that was piped ends in the next incarnation",
    file: `${actor}/system/cell.ts`,
    search: "    if (this.#context !== context || !this.alive) return;\n    this.#tasks ??= [];",
    replace: "    context = this.#context ?? context;\n    this.#tasks ??= [];",
    scenario: "supervision",
  },
  {
    bug: "old failures are never forgotten",
    file: `${actor}/supervision/restarts.ts`,
    search: "now - failures[0] >= intensity.withinMs",
    replace: "now < failures[0]",
    scenario: "supervision",
  },
  {
    bug: "one restart too many is allowed",
    file: `${actor}/supervision/restarts.ts`,
    search: "if (restarts > intensity.restarts) return { restart: false };",
    replace: "if (restarts > intensity.restarts + 1) return { restart: false };",
    scenario: "supervision",
  },
  {
    bug: "the back-off doubles beyond its bound",
    file: `${actor}/supervision/restarts.ts`,
    search: "Math.min(backoff.maxMs, backoff.minMs * 2 ** (restarts - 1))",
    replace: "backoff.minMs * 2 ** (restarts - 1)",
    scenario: "supervision",
  },
  {
    bug: "restarts do not wait",
    file: `${actor}/supervision/restarts.ts`,
    search: "  if (delayMs === 0) start();",
    replace: "  if (delayMs >= 0) start();",
    scenario: "supervision",
  },
  {
    bug: "rest-for-one restarts everybody",
    file: `${actor}/supervision/restarts.ts`,
    search: `strategy === "one-for-all" ? 0 : siblings.indexOf(child)`,
    replace: `strategy !== "one-for-one" ? 0 : siblings.indexOf(child)`,
    scenario: "supervision",
  },
  {
    bug: "an incarnation that has ended can start children",
    file: `${actor}/system/context.ts`,
    search: "if (this.#ended) throw new IncarnationEndedError(this.#cell.address);",
    replace: "",
    scenario: "supervision",
  },
  {
    bug: "appends are not fenced",
    file: `${actor}/durable/append-fenced.ts`,
    search: "journal.append(subject, payload, { expected, id })",
    replace: "journal.append(subject, payload, { id })",
    scenario: "journaled-entity",
  },
  {
    bug: "an append is repeated as another one",
    file: `${actor}/durable/append-fenced.ts`,
    search: "journal.append(subject, payload, { expected, id })",
    replace: "journal.append(subject, payload, tries === 1 ? { expected } : {})",
    scenario: "journaled-entity",
  },
  {
    bug: "an append is taken for stored when any record is",
    file: `${actor}/durable/append-fenced.ts`,
    search: "if (last?.id === id) return last.sequence;",
    replace: "if (last !== undefined && last.sequence > expected) return last.sequence;",
    scenario: "journaled-entity",
  },
  {
    bug: "a record whose ack was lost is not known again",
    file: `${actor}/durable/append-fenced.ts`,
    search: "if (last?.id === id) return last.sequence;",
    replace: "",
    scenario: "journaled-entity",
  },
  {
    bug: "an entity that was fenced appends on the other's record",
    file: `${actor}/durable/append-fenced.ts`,
    search:
      "if ((last?.sequence ?? 0) !== expected) throw new FencedError(subject, expected, { cause });",
    replace:
      "if ((last?.sequence ?? 0) !== expected) return appendFenced({ ...append, expected: last?.sequence ?? 0 });",
    scenario: "journaled-entity",
  },
  {
    bug: "a snapshot claims to cover the record that comes next",
    file: `${actor}/durable/entity.ts`,
    search: "const covers = this.#last;",
    replace: "const covers = this.#last + 1;",
    scenario: "snapshotted-entity",
  },
  {
    bug: "a stale writer's snapshot takes the place of a newer one",
    file: `${actor}/durable/snapshots.ts`,
    search: "if (newest !== undefined && coveredBy(newest) >= snapshot.covers) return false;",
    replace: "",
    scenario: "snapshotted-entity",
  },
  {
    bug: "records purged between two reads are not missed",
    file: `${actor}/durable/read-history.ts`,
    search: "if (gap === undefined) return { snapshot, unreadable, entries };",
    replace: "if (gap !== null) return { snapshot, unreadable, entries };",
    scenario: "snapshotted-entity",
  },
  {
    bug: "records are purged though their snapshot could not be stored",
    file: `${actor}/durable/entity.ts`,
    search: "    const before = await this.#storeSnapshot();",
    replace:
      '    if (snapshot?.retain === "uncovered") await journal.purge(this.#parts.subject, { before: this.#last });\n    const before = await this.#storeSnapshot();',
    scenario: "snapshotted-entity",
  },
  {
    bug: "records leave the journal before a segment has them",
    file: `${actor}/durable/entity.ts`,
    search: "const before = await archive.store(this.#nextId());",
    replace:
      "const before = this.#last;\n    await this.#options.journal.purge(this.#parts.subject, { before });\n    await archive.store(this.#nextId());",
    scenario: "archived-entity",
  },
  {
    bug: "a segment repeats what one before it has",
    file: `${actor}/durable/segments.ts`,
    search: "inParts(entries.filter(({ sequence }) => sequence > covers))",
    replace: "inParts(entries)",
    scenario: "archived-entity",
  },
  {
    bug: "a restarted sibling is started again while it runs",
    file: `${actor}/system/cell.ts`,
    search: "if (!this.alive || this.#context !== undefined) return;",
    replace: "if (!this.alive) return;",
    scenario: "supervision",
  },
  {
    bug: "an incarnation begins before the last one's clean-up has ended",
    file: `${actor}/system/cell.ts`,
    search: "    this.#ending = Promise.all([cleaned, ...ends]).then(() => {",
    replace: "    void Promise.all([cleaned, ...ends]).then(() => {",
    scenario: "supervision",
  },
  {
    bug: "an actor that is stopped does not wait for a clean-up under way",
    file: `${actor}/system/cell.ts`,
    search: "    await this.#ending;",
    replace: "",
    scenario: "supervision",
  },
  {
    bug: "an item is acknowledged before its outcome is recorded",
    file: `${scenarios}/work-queue/consumer.ts`,
    search: "    const outcome = encoder.encode(",
    replace:
      "    void ledger.acknowledges(item);\n    await delivery.ack();\n    const outcome = encoder.encode(",
    scenario: "work-queue-leases",
  },
  {
    bug: "an outcome is recorded without a fence",
    file: `${scenarios}/work-queue/consumer.ts`,
    search: "outcome, { expected: 0 });",
    replace: "outcome);",
    scenario: "work-queue-leases",
  },
  {
    bug: "a consumer swallows its errors, and acknowledges",
    file: `${scenarios}/work-queue/consumer.ts`,
    search: "if (!(error instanceof FencedError)) throw error;",
    replace: "if (error === undefined) throw error;",
    scenario: "work-queue-leases",
  },
  {
    bug: "an activation does not say in the journal that it begins",
    file: `${actor}/entities/entity-state.ts`,
    search: "  await state.append({ $activated: by } satisfies Activated);",
    replace: "",
    scenario: "entities",
  },
  {
    bug: "a write that lies below another activation's is done again",
    file: `${actor}/entities/entity-state.ts`,
    search: "if (await this.#journal.mayHaveStored()) this.appended += 1;",
    replace: "",
    scenario: "entities",
  },
  {
    bug: "copies that the network made are handled again",
    file: `${actor}/entities/seen.ts`,
    search: "    if (known !== undefined) return { value: known, first: false };",
    replace: "",
    scenario: "entities",
  },
  {
    bug: "queries are answered without a look at the journal",
    file: `${actor}/entities/activation.ts`,
    search: "(state.confirmedMsAgo() < staleMs && !desk.doubtful())",
    replace: "(staleMs >= 0 && !desk.doubtful())",
    scenario: "entities",
  },
  {
    bug: "entities stay where they are when their place is elsewhere",
    file: `${actor}/entities/residents.ts`,
    search: "if (this.#leaving.has(resident) || isOwn(resident.key)) continue;",
    replace: "if (this.#leaving.has(resident) || isOwn !== undefined) continue;",
    scenario: "entities",
  },
  {
    bug: "an entity stays where it was activated while a host was away for a moment",
    file: `${actor}/entities/residents.ts`,
    search: `    if (placement !== this.#settledFor) this.#settledFor = "";`,
    replace: "",
    scenario: "entities",
  },
  {
    bug: "what activations append is not fenced",
    file: `${actor}/durable/append-fenced.ts`,
    search: "journal.append(subject, payload, { expected, id })",
    replace: "journal.append(subject, payload, { id })",
    scenario: "entities",
  },
  {
    bug: "what waits for an entity that moves is forgotten",
    file: `${actor}/entities/resident.ts`,
    search: "    const left = this.#waiting;",
    replace: "    const left: Delivery[] = [];",
    scenario: "entities",
  },
  {
    bug: "forwards are not counted",
    file: `${actor}/entities/region.ts`,
    search: "hops: delivery.hops + 1,",
    replace: "hops: delivery.hops,",
    scenario: "entities",
  },
  {
    bug: "a message of an overtaken activation is answered with what it found",
    file: `${actor}/entities/activation.ts`,
    search: "      return overIfLost() ?? refused ?? {",
    replace: "      return {",
    scenario: "entities",
  },
  {
    bug: "a protected write is taken whatever its token",
    file: `${scenarios}/leases/vault.ts`,
    search: "const isStale = token < vault.state;",
    replace: "const isStale = token < 0;",
    scenario: "leases",
  },
  {
    bug: "a lease that was released begins its tokens anew",
    file: `${scenarios}/leases/lease.ts`,
    search: "const token = latest + 1;",
    replace: "const token = (until === undefined ? 0 : latest) + 1;",
    scenario: "leases",
  },
  {
    bug: "a former holder can release the lease of the present one",
    file: `${scenarios}/leases/lease.ts`,
    search: "const isHolder = until !== undefined && token === latest;",
    replace: "const isHolder = until !== undefined && token <= latest;",
    scenario: "leases",
  },
  {
    bug: "a holder is told that it has a lease before that is stored",
    file: `${scenarios}/leases/lease.ts`,
    search: "      await lease.append({ token,",
    replace: "      void lease.append({ token,",
    scenario: "leases",
  },
  {
    bug: "a heartbeat that was overtaken brings old actors back",
    file: `${actor}/cluster/membership.ts`,
    search: "known !== undefined && isNewer(known, beat) ? known : beat;",
    replace: "beat;",
    scenario: "registry",
  },
  {
    bug: "a heartbeat after the farewell brings its node back",
    file: `${actor}/cluster/membership.ts`,
    search: "if (beat.node === this.#self || this.#hasLeft(beat)) return [];",
    replace: "if (beat.node === this.#self) return [];",
    scenario: "registry",
  },
  {
    bug: "a heartbeat of a former life counts",
    file: `${actor}/cluster/membership.ts`,
    search: "    if (known !== undefined && beat.incarnation < known.incarnation) return [];",
    replace: "",
    scenario: "registry",
  },
  {
    bug: "what has stopped is advertised until something else changes",
    file: `${actor}/system/node.ts`,
    search: "    if (cell.capabilities.length > 0) this.#advertise();\n    for (",
    replace: "    for (",
    scenario: "registry",
  },
  {
    bug: "changes of what is advertised wait for the next heartbeat",
    file: `${actor}/cluster/gossip.ts`,
    search: "      this.#announcing = false;\n      this.#beat(false);",
    replace: "      this.#announcing = false;",
    scenario: "registry",
  },
  {
    bug: "nodes that fall silent stay in the registry",
    file: `${actor}/cluster/membership.ts`,
    search: "else if (now - member.heardAt >= this.#suspectMs) {",
    replace: "else if (now - member.heardAt >= this.#suspectMs * 9) {",
    scenario: "registry",
  },
  {
    bug: "the older of two heartbeats counts",
    file: `${actor}/cluster/membership.ts`,
    search: "one.version > other.version;",
    replace: "one.version < other.version;",
    scenario: "registry",
  },
  {
    bug: "versions of different lives of a node are compared",
    file: `${actor}/cluster/membership.ts`,
    search: "one.incarnation === other.incarnation && one.version > other.version;",
    replace: "one.version > other.version;",
    scenario: "registry",
  },
  {
    bug: "a node is given up after half the silence",
    file: `${actor}/cluster/membership.ts`,
    search: "else if (now - member.heardAt >= this.#suspectMs) {",
    replace: "else if (now - member.heardAt >= this.#suspectMs / 2) {",
    scenario: "registry",
  },
  {
    bug: "a node that is heard again is shown as it was before it was lost",
    file: `${actor}/cluster/membership.ts`,
    search: "    const newest = known !== undefined && isNewer(known, beat) ? known : beat;",
    replace: `    const past = ((this as unknown as { past?: Map<string, Heartbeat> }).past ??= new Map());
    const before = known ?? past.get(beat.node);
    const isBack = known === undefined && before?.incarnation === beat.incarnation;
    const newest = isBack || (before !== undefined && isNewer(before, beat)) ? before : beat;
    past.set(beat.node, newest);`,
    scenario: "registry",
  },
  {
    bug: "a node that has slept spares the silent for a whole term more",
    file: `${actor}/cluster/membership.ts`,
    search: "const heardAt = Math.min(now, member.heardAt + lateMs);",
    replace: "const heardAt = now;",
    scenario: "registry",
  },
  ...coordinationMutants,
  ...delegationMutants,
  ...conversationMutants,
  ...agreementMutants,
  ...byzantineMutants,
  ...decisionLogMutants,
  ...replanningMutants,
  ...conferenceMutants,
  ...liarMutants,
];
