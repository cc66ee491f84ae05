import type { Log, LogLevel, Transport } from "@troupe/actor";
import type { Notice } from "../alert-book.ts";
import type { HandlerConfig } from "../alerting-file.ts";
import { emailHandler } from "./email.ts";
import { titleOf } from "./notice-text.ts";
import { webhookHandler } from "./webhook.ts";

/** Tells people of alerts. */
export interface AlertHandler {
  readonly name: string;
  /**
   * Tells of one notice.
   *
   * @throws NotDeliveredError when it could not; `retryable` says whether trying again can help
   */
  tell(notice: Notice, signal: AbortSignal): Promise<void>;
}

export interface HandlerPorts {
  readonly log: Log;
  readonly transport: Pick<Transport, "publish">;
  /** First token of every subject. */
  readonly prefix: string;
}

/** The handler that a configuration means. */
export function handlerOf(config: HandlerConfig, ports: HandlerPorts): AlertHandler {
  switch (config.type) {
    case "log":
      return logHandler(config.name, ports.log);
    case "webhook":
      return webhookHandler(config);
    case "email":
      return emailHandler(config);
    case "subject":
      return subjectHandler(
        config.name,
        config.subject ?? `${ports.prefix}.alerts`,
        ports.transport,
      );
  }
}

function logHandler(name: string, log: Log): AlertHandler {
  const levels: Readonly<Record<string, LogLevel>> = { critical: "error", warning: "warn" };
  return {
    name,
    tell: async (notice) => {
      const { alert, kind } = notice;
      const level = kind === "resolved" ? "info" : (levels[alert.severity] ?? "info");
      const { id, value, runbook } = alert;
      log(level, titleOf(notice), {
        alert: id,
        value,
        ...(runbook === undefined ? {} : { runbook }),
      });
    },
  };
}

/** The notice as JSON, for whoever listens. */
function subjectHandler(
  name: string,
  subject: string,
  transport: Pick<Transport, "publish">,
): AlertHandler {
  return {
    name,
    tell: async ({ kind, alert }) =>
      transport.publish(subject, new TextEncoder().encode(JSON.stringify({ kind, alert }))),
  };
}
