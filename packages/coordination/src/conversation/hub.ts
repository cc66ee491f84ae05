import { type Actor, defineActor } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { impostor } from "../impostor.ts";
import {
  type Changed,
  confirm,
  deliveriesOf,
  dueDeliveries,
  emptyHub,
  forgetOld,
  type HubLimits,
  post,
  register,
  threadOf,
  unregister,
} from "./hub-state.ts";
import { lineageOf } from "./lineage.ts";
import { type HubMessages, hubProtocol, participantProtocol } from "./protocol.ts";

const count = (most: number, usual: number) => z.number().int().min(1).max(most).default(usual);

const limitsSchema = z.object({
  participants: count(10_000, 1000),
  threads: count(10_000, 1000),
  messages: count(10_000, 1000),
  waiting: count(10_000, 1000),
  window: count(1000, 32),
  retainMs: count(365 * 86_400_000, 7 * 86_400_000),
  redeliverMs: count(3_600_000, 2000),
  redeliveries: z.number().int().min(0).max(100).default(5),
});

/**
 * A hub of conversations: participants register, post messages of the vocabulary, and each message is brought to each of its
 * receivers until that has confirmed it, has stopped, the message has expired, or it was sent `redeliveries` times again.
 *
 * A participant is the actor that registered: only it posts and confirms under its name. When it stops, or its node is lost,
 * it is taken out. Threads keep their newest messages, and are forgotten when nothing came for `retainMs`. All of it lives in
 * memory, under named limits; what must survive the hub goes into a journal.
 *
 * @param limits defaults: 1000 participants, threads, messages of a thread, and messages waiting for one participant; 32 under
 *   way to one at once; 7 days of retention; sent again after 2 s, 5 times
 * @throws InvalidSpecError when a limit is out of its range
 */
export function conversationHub(limits: Partial<HubLimits> = {}): Actor<HubMessages> {
  const checked = checkSpec(limitsSchema, "hub", "limits", limits);
  return defineActor(hubProtocol, (context) => {
    let state = emptyHub(checked);
    const { clock } = context;

    const send = (): void => {
      const { state: next, due } = dueDeliveries(state, clock.now());
      state = next;
      for (const { to, envelope } of due) {
        const address = state.participants.get(to);
        if (address === undefined) continue;
        context.ref(participantProtocol, address).tell("deliver", { message: envelope });
      }
    };
    const answer = ({ state: next, refusal }: Changed) => {
      state = next;
      if (refusal !== undefined) return { done: false, refusal };
      send();
      return { done: true };
    };
    const forged = (participant: string): boolean =>
      impostor(context.sender, state.participants.get(participant)) !== undefined;
    const remove = (participant: string): void => {
      state = unregister(state, participant);
    };

    let cancel = (): void => {};
    const tick = (): void => {
      state = forgetOld(state, clock.now());
      send();
      cancel = clock.schedule(checked.redeliverMs, tick);
    };
    tick();
    context.onStop(() => cancel());

    return {
      register: ({ name }) => {
        const { sender } = context;
        if (sender === undefined) return { done: false, refusal: "forged" as const };
        const known = state.participants.has(name);
        const registered = answer(register(state, name, sender));
        if (registered.done && !known) {
          context.watch({ address: sender }, () => {
            for (const [other, address] of state.participants)
              if (address === sender) remove(other);
          });
        }
        return registered;
      },
      leave: ({ name }) => {
        if (!forged(name)) remove(name);
      },
      post: ({ message }) =>
        forged(message.from)
          ? { done: false, refusal: "forged" as const }
          : answer(post(state, message, clock.now())),
      confirm: ({ participant, id }) => {
        if (forged(participant)) return;
        state = confirm(state, participant, id);
        send();
      },
      deliveries: ({ id }) => {
        const states = deliveriesOf(state, id);
        return { known: states !== undefined, states: { ...states } };
      },
      participants: () => [...state.participants].map(([name, address]) => ({ name, address })),
      thread: ({ conversation }) => {
        const { messages, forgotten } = threadOf(state, conversation);
        return { messages: [...messages], forgotten };
      },
      lineage: ({ of, direction }) =>
        lineageOf(
          [...state.messages.values()].map(({ envelope }) => envelope),
          of,
          direction,
        ),
    };
  });
}
