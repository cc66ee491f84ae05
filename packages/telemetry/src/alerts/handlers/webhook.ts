import { ensureError } from "@troupe/actor";
import { NotDeliveredError } from "../../errors.ts";
import type { Notice } from "../alert-book.ts";
import type { HandlerConfig } from "../alerting-file.ts";
import type { AlertHandler } from "./handler.ts";
import { detailsOf, titleOf } from "./notice-text.ts";

/** Colours beside a message in Slack, by severity. */
const colours = { critical: "#c0392b", warning: "#e67e22", info: "#2980b9" } as const;
const resolvedColour = "#27ae60";

/** Posts each notice to an HTTP server. Redirects are refused, since headers may hold a secret. */
export function webhookHandler({
  name,
  url,
  format,
  headers,
}: Extract<HandlerConfig, { type: "webhook" }>): AlertHandler {
  return {
    name,
    tell: async (notice, signal) => {
      const body =
        format === "slack" ? slackMessage(notice) : { kind: notice.kind, alert: notice.alert };
      let response: Response;
      try {
        response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
          redirect: "error",
          signal,
        });
        await response.body?.cancel();
      } catch (thrown) {
        const cause = ensureError(thrown);
        const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
        throw new NotDeliveredError(name, why, true, { cause });
      }
      if (response.ok) return;
      const retryable =
        response.status >= 500 || response.status === 429 || response.status === 408;
      throw new NotDeliveredError(name, `its server answered ${response.status}`, retryable);
    },
  };
}

/** As Slack's incoming webhooks take it, and Mattermost's and Rocket.Chat's. */
function slackMessage(notice: Notice): unknown {
  const { kind, alert } = notice;
  const color = kind === "resolved" ? resolvedColour : colours[alert.severity];
  const title = titleOf(notice);
  return {
    text: escaped(title),
    attachments: [{ color, fallback: escaped(title), text: escaped(detailsOf(notice).join("\n")) }],
  };
}

/** The three characters that Slack reads as markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
