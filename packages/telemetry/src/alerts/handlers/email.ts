import { ensureError } from "@troupe/actor";
import { createTransport } from "nodemailer";
import { NotDeliveredError } from "../../errors.ts";
import type { HandlerConfig } from "../alerting-file.ts";
import type { AlertHandler } from "./handler.ts";
import { detailsOf, titleOf } from "./notice-text.ts";

/** Time for each step of the exchange with the server, milliseconds. */
const stepMs = 10_000;

/** Sends each notice as a mail. */
export function emailHandler({
  name,
  server,
  from,
  to,
}: Extract<HandlerConfig, { type: "email" }>): AlertHandler {
  const transporter = createTransport(smtpOptions(new URL(server)));
  return {
    name,
    tell: async (notice) => {
      const details = detailsOf(notice);
      try {
        await transporter.sendMail({
          from,
          to: [...to],
          // Line ends in a subject would be headers of their own.
          subject: titleOf(notice).replaceAll(/\s+/g, " ").slice(0, 200),
          text: [titleOf(notice), "", ...details, ""].join("\n"),
        });
      } catch (thrown) {
        const error = ensureError(thrown);
        const { responseCode } = error as Error & { readonly responseCode?: number };
        // 5xx of SMTP is final, whatever else is may pass.
        const isFinal = responseCode !== undefined && responseCode >= 500;
        throw new NotDeliveredError(name, error.message, !isFinal, { cause: error });
      }
    },
  };
}

function smtpOptions({ protocol, hostname, port, username, password }: URL) {
  const secure = protocol === "smtps:";
  return {
    host: hostname,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
  };
}
