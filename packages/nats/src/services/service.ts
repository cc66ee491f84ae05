import {
  type Clock,
  ensureError,
  type Subscription,
  type Transport,
  type TransportMessage,
  TroupeError,
} from "@troupe/actor";

/** Something that a service answers. */
export interface ServiceEndpoint {
  readonly name: string;
  readonly subject: string;
  /** Told to whoever asks for the service's information. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it rejects with comes back as an error of the service: code 400 for a TroupeError with the code `invalid-request`, else 500. */
  readonly answer: (payload: Uint8Array) => Promise<Uint8Array>;
}

/** What a service is called, and how it answers. */
export interface ServiceOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Letters, digits, `-` and `_`. All instances of a service have the same name. */
  readonly name: string;
  /** Of this instance. Letters, digits, `-` and `_`. */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  readonly description: string;
  /** Told in every answer about the service. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** Longest text of an error in an answer; headers count towards a message's limit. */
const errorLimit = 500;
const nanosecondsPerMs = 1_000_000;

interface EndpointCount {
  requests: number;
  errors: number;
  lastError: string;
  ms: number;
}

/**
 * Makes a service known by NATS' services API (ADR-32): it answers `$SRV.PING`, `$SRV.INFO` and
 * `$SRV.STATS`, for all services, for those of its name, and for itself, so that `nats service` and other
 * tools find it; and it answers its endpoints. A failed answer has the headers `Nats-Service-Error` and
 * `Nats-Service-Error-Code`.
 *
 * Why not `@nats-io/services`: its newest release is bound to a pre-release of the client.
 *
 * @returns stops answering
 */
export function serveService(options: ServiceOptions): () => void {
  const { transport, clock, name, id, version, description, metadata = {}, endpoints } = options;
  const identity = { name, id, version, metadata };
  const started = new Date(clock.now()).toISOString();
  const counts = new Map(
    endpoints.map((endpoint): readonly [string, EndpointCount] => [
      endpoint.name,
      { requests: 0, errors: 0, lastError: "", ms: 0 },
    ]),
  );
  const about = ({ name: endpoint, subject, metadata: own = {} }: ServiceEndpoint) => ({
    name: endpoint,
    subject,
    queue_group: id,
    metadata: own,
  });
  const verbs: Readonly<Record<string, () => unknown>> = {
    PING: () => ({ type: "io.nats.micro.v1.ping_response", ...identity }),
    INFO: () => ({
      type: "io.nats.micro.v1.info_response",
      ...identity,
      description,
      endpoints: endpoints.map(about),
    }),
    STATS: () => ({
      type: "io.nats.micro.v1.stats_response",
      ...identity,
      started,
      endpoints: endpoints.map((endpoint) => {
        const { requests, errors, lastError, ms } = counts.get(endpoint.name) as EndpointCount;
        const nanoseconds = Math.round(ms * nanosecondsPerMs);
        return {
          ...about(endpoint),
          num_requests: requests,
          num_errors: errors,
          last_error: lastError,
          processing_time: nanoseconds,
          average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
        };
      }),
    }),
  };
  const subscriptions: Subscription[] = [];
  for (const [verb, body] of Object.entries(verbs)) {
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`]) {
      const reply = ({ reply: to }: TransportMessage): void => {
        if (to !== undefined)
          transport.publish(to, new TextEncoder().encode(JSON.stringify(body())));
      };
      subscriptions.push(transport.subscribe(subject, reply));
    }
  }
  const serve = async (endpoint: ServiceEndpoint, { payload, reply }: TransportMessage) => {
    const count = counts.get(endpoint.name) as EndpointCount;
    const begun = clock.monotonic();
    count.requests += 1;
    try {
      const answer = await endpoint.answer(payload);
      if (reply !== undefined) transport.publish(reply, answer);
    } catch (thrown) {
      const said = ensureError(thrown).message.replaceAll(/\s+/g, " ").slice(0, errorLimit);
      count.errors += 1;
      const code = isOfSender(thrown) ? "400" : "500";
      count.lastError = `${code}:${said}`;
      const headers = { "Nats-Service-Error": said, "Nats-Service-Error-Code": code };
      if (reply !== undefined) transport.publish(reply, new Uint8Array(), { headers });
    } finally {
      count.ms += clock.monotonic() - begun;
    }
  };
  for (const endpoint of endpoints) {
    const options = { queue: id };
    const handler = (message: TransportMessage): void => void serve(endpoint, message);
    subscriptions.push(transport.subscribe(endpoint.subject, handler, options));
  }
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}

function isOfSender(thrown: unknown): boolean {
  return thrown instanceof TroupeError && thrown.code === "invalid-request";
}
