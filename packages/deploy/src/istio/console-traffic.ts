import { DestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { PeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import type { DeploymentConfig } from "../config/deployment-config.ts";
import { consoleLabels, metadataOf, namesOf } from "../kubernetes/names.ts";

/**
 * How people's requests reach the HTTP console in a mesh: with retries of what is safe to repeat, a bounded pool, and
 * instances that fail taken out. NATS is no HTTP and is secured by its own TLS.
 */
export function consoleTraffic(config: DeploymentConfig) {
  const { console } = namesOf(config);
  const { host, gateway, port } = config.console;
  const target = `${console}.${config.namespace}.svc.cluster.local`;
  const route = [{ destination: { host: target, port: { number: port } } }];
  const metadata = metadataOf(config, console, consoleLabels(config));
  return [
    new VirtualService({
      metadata,
      spec: {
        hosts: [host],
        gateways: [gateway],
        http: [
          // News come for as long as a page is open.
          { name: "news", match: [{ uri: { exact: "/api/events" } }], route, timeout: "0s" },
          {
            name: "reads",
            match: [{ method: { exact: "GET" } }],
            route,
            retries: {
              attempts: 3,
              perTryTimeout: "5s",
              retryOn: "connect-failure,refused-stream,unavailable,retriable-status-codes,503",
            },
            ...faultsOf(config),
          },
          // What changes something is sent once: the console cannot tell a repeat from a second wish.
          { name: "changes", route, timeout: "30s", retries: { attempts: 0 } },
        ],
      },
    }),
    new DestinationRule({
      metadata,
      spec: {
        host: target,
        trafficPolicy: {
          connectionPool: {
            tcp: { maxConnections: 100, connectTimeout: "3s" },
            http: { http1MaxPendingRequests: 100, http2MaxRequests: 1000, maxRetries: 10 },
          },
          // A session is known to one console only.
          loadBalancer: { consistentHash: { httpCookie: { name: "troupe-route", ttl: "0s" } } },
          outlierDetection: {
            consecutive5xxErrors: 5,
            interval: "10s",
            baseEjectionTime: "30s",
            maxEjectionPercent: 50,
          },
          tls: { mode: "ISTIO_MUTUAL" },
        },
      },
    }),
    new PeerAuthentication({
      metadata,
      spec: {
        selector: { matchLabels: consoleLabels(config) },
        mtls: { mode: "STRICT" },
      },
    }),
  ];
}

/** What goes wrong on purpose, to try how callers bear it. */
function faultsOf({ console: { faultPercent, delayPercent } }: DeploymentConfig) {
  const abort =
    faultPercent === 0 ? {} : { abort: { httpStatus: 503, percentage: { value: faultPercent } } };
  const delay =
    delayPercent === 0 ? {} : { delay: { fixedDelay: "2s", percentage: { value: delayPercent } } };
  return faultPercent + delayPercent === 0 ? {} : { fault: { ...abort, ...delay } };
}
