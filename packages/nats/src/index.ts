export { type ConnectOptions, connect } from "./connection/connect.ts";
export type { Connection } from "./connection/connection.ts";
export { hidePassword } from "./connection/hide-password.ts";
export type { ServerVersion } from "./connection/server-version.ts";
export { readServiceSettings, serviceSettings } from "./connection/service-settings.ts";
export {
  ChecksumMismatchError,
  ConnectionClosedError,
  DataDirectoryBusyError,
  DeliveryForgottenError,
  DownloadError,
  type FailedAttempt,
  InvalidOptionError,
  InvalidPrefixError,
  InvalidRecordSubjectError,
  InvalidServerUrlError,
  JetStreamDisabledError,
  NatsAuthenticationError,
  NatsUnreachableError,
  NoServerError,
  ServerStartError,
  StoreRefusedError,
  StoreUnavailableError,
  StreamConflictError,
  StreamFullError,
  StreamMissingError,
  StreamStorageError,
  UnsafeReplicationError,
} from "./errors.ts";
export { natsJournal } from "./journal/nats-journal.ts";
export {
  type AccountLimits,
  accountsConfig,
  type NatsAccount,
} from "./permissions/accounts-config.ts";
export { authorizationConfig, type NatsUser } from "./permissions/authorization-config.ts";
export {
  type PermissionScope,
  type Permissions,
  permissionsOf,
  type Role,
} from "./permissions/permissions.ts";
export { newUserKey, type UserKey } from "./permissions/user-key.ts";
export { type NatsPulseOptions, natsPulse } from "./pulse/nats-pulse.ts";
export {
  type ServerReport,
  type ServerWarning,
  type StorageUse,
  type StreamReport,
  serverReport,
} from "./report/server-report.ts";
export {
  type NatsResultStore,
  natsResultStore,
  type StoredEntry,
} from "./results/nats-result-store.ts";
export type { NatsResultStoreOptions } from "./results/result-stream.ts";
export {
  type EnsureServerOptions,
  ensureServer,
  type RunningServer,
} from "./server/ensure-server.ts";
export { type FindOptions, type FoundService, findServices } from "./services/find-services.ts";
export { type ServiceEndpoint, type ServiceOptions, serveService } from "./services/service.ts";
export { ensureStreams, type StreamMisfit, streamMisfits } from "./streams/ensure-streams.ts";
export { type LayoutOptions, type StreamKind, streamName } from "./streams/layout.ts";
export { natsTransport } from "./transport/nats-transport.ts";
export { natsWorkQueue, type WorkQueueOptions } from "./work-queue/nats-work-queue.ts";
export { goalConsumerName } from "./work-queue/shared-consumer.ts";
