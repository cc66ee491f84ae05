import type { Log, SystemEvent } from "@troupe/actor";

/** Writes what happens in the runtime to the log, each at the level that it deserves. */
export function logEvent(log: Log, event: SystemEvent): void {
  switch (event.kind) {
    case "dead-letter": {
      const { kind: _kind, ...letter } = event;
      // A late answer was given up by whoever asked, and is no loss.
      log(event.reason === "late-reply" ? "debug" : "warn", "dead letter", letter);
      return;
    }
    case "quarantined":
      log("error", "message quarantined", {
        actor: event.actor,
        type: event.type,
        error: event.error,
      });
      return;
    case "restarted":
      log("warn", "actor restarted", {
        actor: event.actor,
        restarts: event.restarts,
        delayMs: Math.round(event.delayMs),
        error: event.error,
      });
      return;
    case "escalated":
      log("error", "failure escalated", { actor: event.actor, error: event.error });
      return;
    case "node-joined":
    case "node-left":
    case "node-lost":
      log(event.kind === "node-lost" ? "warn" : "info", event.kind, { other: event.node });
      return;
    case "started":
    case "stopped":
      log("debug", `actor ${event.kind}`, { actor: event.actor });
  }
}
