import type { Clock, Random, Transport, TransportMessage } from "@troupe/actor";
import { decodeJson, encodeJson, refusalSchema } from "../contract/replies.ts";
import { NoNodesError, RequestRefusedError } from "../errors.ts";

/** What a client needs of the world. */
export interface ClientPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Sends JSON to a subject and waits for the JSON answer.
 *
 * @param inboxes what the subject of the answer begins with
 * @throws NoNodesError when nobody listens or nobody answers within `waitMs`
 * @throws RequestRefusedError when the answer is an error, of the contract or of a NATS service
 */
export function request(
  ports: ClientPorts,
  inboxes: string,
  subject: string,
  body: unknown,
  waitMs: number,
): Promise<unknown> {
  const inbox = `${inboxes}.${ports.random.hex(12)}`;
  return new Promise((resolve, reject) => {
    const subscription = ports.transport.subscribe(inbox, (message) => {
      finish();
      if (message.noResponders === true) reject(new NoNodesError(`request to '${subject}'`));
      else settle(message);
    });
    const cancelTimer = ports.clock.schedule(waitMs, () => {
      finish();
      reject(new NoNodesError(`request to '${subject}'`, waitMs));
    });
    const finish = (): void => {
      subscription.unsubscribe();
      cancelTimer();
    };
    const settle = ({ payload, headers = {} }: TransportMessage): void => {
      try {
        const failed = headers["Nats-Service-Error"];
        if (failed !== undefined) {
          const isMine = headers["Nats-Service-Error-Code"] === "400";
          throw new RequestRefusedError(
            isMine ? "invalid-request" : "service-failed",
            failed,
            false,
          );
        }
        const answer = decodeJson(payload);
        const refusal = refusalSchema.safeParse(answer);
        if (!refusal.success) return resolve(answer);
        const { reason, description, retryable } = refusal.data.error;
        reject(new RequestRefusedError(reason, description, retryable));
      } catch (error) {
        reject(error);
      }
    };
    try {
      ports.transport.publish(subject, encodeJson(body), { reply: inbox });
    } catch (error) {
      finish();
      reject(error);
    }
  });
}
