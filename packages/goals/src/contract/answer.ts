import { ensureError, type Log, type Transport } from "@troupe/actor";
import { refusalOf } from "./refusal.ts";
import { encodeJson } from "./replies.ts";

/**
 * Answers a request with what `work` gives, or with why it gave nothing: also when the answer is larger
 * than a message may be. Never rejects: when not even the refusal can be sent, that is logged.
 */
export async function answer(
  { transport, log }: { readonly transport: Transport; readonly log: Log },
  { subject, reply }: { readonly subject: string; readonly reply: string },
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    try {
      transport.publish(reply, encodeJson(await work()));
    } catch (thrown) {
      transport.publish(reply, encodeJson(refusalOf(thrown)));
    }
  } catch (thrown) {
    log("warn", "a request could not be answered", {
      subject,
      reason: ensureError(thrown).message,
    });
  }
}
