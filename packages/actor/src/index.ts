export type {
  Actor,
  ActorContext,
  ActorOptions,
  Handlers,
  RestartKind,
  Settled,
  Setup,
  SpawnOptions,
  StopReason,
  Strategy,
  Supervision,
  Timers,
} from "./behaviour.ts";
export { defineActor } from "./behaviour.ts";
export { rendezvous, rendezvousRanking } from "./cluster/rendezvous.ts";
export {
  EffectTimeoutError,
  MissingRecordsError,
  UnknownEffectError,
  UnreadableRecordError,
  UnstorableRecordError,
} from "./durable/errors.ts";
export {
  type Journaled,
  type JournaledOptions,
  type JournaledRecord,
  type JournaledWithOutbox,
  type OpenedJournaled,
  openJournaled,
  type RecordsOptions,
  readRecords,
  type SnapshotOptions,
} from "./durable/journaled.ts";
export type { FailedEffect, Outbox, PendingEffect } from "./durable/outbox.ts";
export { type FencedRetry, retryFenced } from "./durable/retry-fenced.ts";
export {
  type EffectContext,
  type OutboxOptions,
  type Perform,
  runOutbox,
} from "./durable/run-outbox.ts";
export type { Upcasters, VersionedFormat } from "./durable/versioned-format.ts";
export type {
  DurableEntityDefinition,
  EntityContext,
  EntityDefinition,
  EntityJournal,
  EntityOptions,
  VolatileEntityDefinition,
} from "./entities/definition.ts";
export { defineEntity } from "./entities/definition.ts";
export type { EntityState } from "./entities/entity-state.ts";
export { type EntityHost, type EntityHostOptions, hostEntities } from "./entities/host.ts";
export { type Entities, entityRefs } from "./entities/refs.ts";
export type { AskStage, EntityUnavailableReason } from "./errors.ts";
export {
  AskError,
  EntityUnavailableError,
  ensureError,
  FencedError,
  HandedOnError,
  HungActorError,
  InvalidNameError,
  LinkedActorError,
  NoAnswerError,
  NoMembersError,
  PayloadTooLargeError,
  ThreadExitedError,
  ThreadModuleError,
  TroupeError,
  UnsendableValueError,
} from "./errors.ts";
export type { Cancel, Clock } from "./ports/clock.ts";
export type { Appended, AppendOptions, Journal, StoredRecord } from "./ports/journal.ts";
export type { Log, LogLevel } from "./ports/log.ts";
export { silentLog } from "./ports/log.ts";
export type {
  Counter,
  Histogram,
  HistogramOptions,
  InstrumentOptions,
  Meter,
  Observation,
} from "./ports/meter.ts";
export { noMeter } from "./ports/meter.ts";
export { pause } from "./ports/pause.ts";
export type { Ports } from "./ports/ports.ts";
export type { Pulse } from "./ports/pulse.ts";
export type { Random } from "./ports/random.ts";
export { systemRandom } from "./ports/random.ts";
export { systemClock } from "./ports/system-clock.ts";
export {
  formatTraceparent,
  newTraceContext,
  noTracer,
  parseTraceparent,
} from "./ports/trace-context.ts";
export type {
  Attributes,
  AttributeValue,
  Root,
  Span,
  SpanKind,
  SpanOptions,
  TraceContext,
  Tracer,
} from "./ports/tracer.ts";
export type {
  PublishOptions,
  Subscription,
  Transport,
  TransportMessage,
} from "./ports/transport.ts";
export type { Delivery, WorkQueue } from "./ports/work-queue.ts";
export type {
  Body,
  Definitions,
  MessageDefinition,
  MessageName,
  MessageSpans,
  Protocol,
  QueryDefinition,
  QueryName,
  Reply,
} from "./protocol.ts";
export { defineProtocol, message, query } from "./protocol.ts";
export type { AskOptions, Ref } from "./ref.ts";
export { consistentHash, type RoutingKey } from "./routing/consistent-hash.ts";
export type { Gathered, Group, MemberAnswer, MemberFailure } from "./routing/group.ts";
export { groupOf } from "./routing/group.ts";
export { type LeastBusyOptions, leastBusy } from "./routing/least-busy.ts";
export type { CapableMembers, NamedMembers } from "./routing/members.ts";
export { type PoolOptions, poolOf } from "./routing/pool.ts";
export { roundRobin } from "./routing/round-robin.ts";
export {
  type Router,
  type RouterAskOptions,
  type RouterOptions,
  routerTo,
} from "./routing/router.ts";
export type {
  AnyRoutingStrategy,
  Choose,
  RoutedMessage,
  RoutingStrategy,
  RoutingView,
} from "./routing/strategy.ts";
export { traced } from "./system/actor-ref.ts";
export { createActorSystem } from "./system/actor-system.ts";
export type { Quarantined } from "./system/quarantine.ts";
export type {
  ActorState,
  ActorSystem,
  ActorSystemOptions,
  ActorView,
  Advertised,
  Cluster,
  SystemEvent,
} from "./system-api.ts";
export { reportAlive } from "./threads/alive.ts";
export { type ThreadOptions, threadActor } from "./threads/thread-actor.ts";
