import type { Msg } from "@nats-io/transport-node";
import type { Connection } from "../connection/connection.ts";
import { DeliveryForgottenError } from "../errors.ts";
import { onThisConnection, untilAnswered } from "../store/until-answered.ts";
import type { DeliveryInfo } from "./ack-subject.ts";
import type { SharedConsumer } from "./shared-consumer.ts";

const acknowledged = "+ACK";
const notYet = "+WPI";
const ackTimeoutMs = 2000;
const nanosPerMs = 1e6;

/** What becomes of one delivery. The first of `acknowledge` and `giveBack` counts. */
export interface Settlement {
  readonly settled: boolean;
  acknowledge(): Promise<void>;
  giveBack(delayMs: number): void;
  keep(): void;
  /** Called once, when a place becomes free. */
  onSettled(listener: () => void): void;
}

export function settlement(
  connection: Connection,
  consumer: SharedConsumer,
  message: Msg,
  info: DeliveryInfo,
): Settlement {
  const { nats } = connection;
  const reply = message.reply ?? "";
  let settled = false;
  let listener = (): void => {};
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    return true;
  };
  const send = (text: string): void => {
    if (!nats.isClosed()) nats.publish(reply, text);
  };
  return {
    get settled() {
      return settled;
    },
    async acknowledge() {
      if (!settle()) return;
      try {
        await untilAnswered(
          connection,
          consumer.stream,
          `acknowledging goal ${info.sequence}`,
          async () => {
            try {
              await onThisConnection(connection, () =>
                nats.request(reply, acknowledged, { timeout: ackTimeoutMs }),
              );
            } catch (cause) {
              if (!(await isForgotten(connection, consumer, info))) throw cause;
              throw new DeliveryForgottenError(info.sequence, { cause });
            }
          },
        );
      } finally {
        listener();
      }
    },
    giveBack(delayMs) {
      if (!settle()) return;
      const delay = Math.max(0, Math.round(delayMs * nanosPerMs));
      send(delay === 0 ? "-NAK" : `-NAK ${JSON.stringify({ delay })}`);
      listener();
    },
    keep() {
      if (!settled) send(notYet);
    },
    onSettled(next) {
      listener = next;
    },
  };
}

/**
 * Whether the server has never heard of this delivery: one that was killed before it wrote it down
 * leaves its acknowledgement without any answer.
 */
async function isForgotten(
  connection: Connection,
  { stream, name }: SharedConsumer,
  { sequence }: DeliveryInfo,
): Promise<boolean> {
  if (connection.nats.isClosed()) return false;
  try {
    const { delivered } = await onThisConnection(connection, () =>
      connection.manager.consumers.info(stream, name),
    );
    return delivered.stream_seq < sequence;
  } catch {
    // No answer says nothing about the delivery.
    return false;
  }
}
