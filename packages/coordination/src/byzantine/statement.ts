import { canonicalJson, sha256 } from "./digest.ts";
import type { Checkpoint, NewView, Reply, Request, Status, ViewChange, Vote } from "./messages.ts";
import type { Signatures } from "./signatures.ts";

/** A message that carries its sender's signature. */
export type Signed = Vote | Checkpoint | ViewChange | NewView | Status;

/**
 * What a signature stands for: `value` is the signer's one answer to `slot`. Who signs two values for
 * one slot lies.
 */
export interface Statement {
  /** For example `commit 3 17`: the commit for sequence 17 in view 3. */
  readonly slot: string;
  readonly value: string;
}

/** The statement of a message of a replica. */
export function statementOf(message: Unsigned<Signed>): Statement {
  switch (message.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return {
        slot: `${message.kind} ${message.view} ${message.sequence}`,
        value: message.digest,
      };
    case "checkpoint":
      return { slot: `checkpoint ${message.sequence}`, value: message.digest };
    case "view-change": {
      const { view, stable, proof, prepared } = message;
      const value = sha256(canonicalJson({ stable, proof, prepared }));
      return { slot: `view-change ${view}`, value };
    }
    case "new-view": {
      const { view, viewChanges, prePrepares } = message;
      return {
        slot: `new-view ${view}`,
        value: sha256(canonicalJson({ viewChanges, prePrepares })),
      };
    }
    case "status": {
      const { number, view, changing, executed, stable, wanted } = message;
      const value = sha256(canonicalJson({ view, changing, executed, stable, wanted }));
      return { slot: `status ${number}`, value };
    }
  }
}

/** A message before it is signed. */
export type Unsigned<Message> = Message extends unknown
  ? Omit<Message, "signature" | "sender">
  : never;

/** The text that is signed: bound to the group and to the signer's name. */
export function signedText(group: string, signer: string, { slot, value }: Statement): string {
  return `${group}\n${signer}\n${slot}\n${value}`;
}

/** The message with its signature. */
export function signed<Message extends Signed>(
  message: Unsigned<Message>,
  by: { readonly group: string; readonly sender: string; readonly signatures: Signatures },
): Message {
  const { group, sender, signatures } = by;
  const statement = statementOf(message as Unsigned<Signed>);
  const signature = signatures.sign(signedText(group, sender, statement));
  return { ...message, sender, signature } as unknown as Message;
}

/** Whether the message is its sender's. */
export function isSigned(group: string, message: Signed, signatures: Signatures): boolean {
  const { sender, signature } = message;
  return signatures.verify(sender, signedText(group, sender, statementOf(message)), signature);
}

/** The text that a client signs. */
export function requestText(group: string, request: Omit<Request, "signature">): string {
  const { client, timestamp, operations } = request;
  const value = sha256(JSON.stringify(operations));
  return signedText(group, client, { slot: `request ${timestamp}`, value });
}

/** The text that a replica signs for a client. */
export function replyText(group: string, reply: Omit<Reply, "signature">): string {
  const { client, timestamp, sender } = reply;
  return signedText(group, sender, {
    slot: `reply ${client} ${timestamp}`,
    value: replyValue(reply),
  });
}

/** What replies have to have in common. */
export function replyValue({ sequence, results }: Pick<Reply, "sequence" | "results">): string {
  return sha256(JSON.stringify([sequence, results]));
}
