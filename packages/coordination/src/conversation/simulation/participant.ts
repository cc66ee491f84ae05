import { type Actor, type ActorContext, defineActor, defineProtocol, query } from "@troupe/actor";
import { z } from "zod";
import { type ConversationEnvelope, type Draft, draftSchema } from "../envelope.ts";
import { hubProtocol, participantMessages } from "../protocol.ts";

/**
 * What a participant of a simulation is like.
 *
 * - `honest`: confirms what it gets. `mute`: confirms nothing.
 * - `forging`: honest, and posts and confirms in the others' names.
 */
export type Manner = "honest" | "mute" | "forging";

/** Where the hub is. */
export const hubAddress = "h/hub";
/** How long it may take to answer. */
export const within = { withinMs: 500 };

const outcomeSchema = z.object({ done: z.boolean(), refusal: z.string().optional() });
const empty = z.object({});

/** A participant that says what it is told to. */
export const speakerProtocol = defineProtocol("speaker", {
  ...participantMessages,
  /** It registers. */
  enter: query(empty, outcomeSchema),
  /** It posts all of these, without waiting for the first to be taken. */
  say: query(z.object({ drafts: z.array(draftSchema) }), z.array(outcomeSchema)),
  leave: query(empty, empty),
});
type Context = ActorContext<typeof speakerProtocol.messages>;

interface Speaker {
  readonly name: string;
  readonly manner: Manner;
  readonly others: readonly string[];
  /** Told of what came. */
  readonly got: (message: ConversationEnvelope) => void;
}

/** A participant of a simulation. */
export function speaker({
  name,
  manner,
  others,
  got,
}: Speaker): Actor<typeof speakerProtocol.messages> {
  const hub = (context: Context) => context.ref(hubProtocol, hubAddress);
  const forged = (draft: Draft): readonly Draft[] =>
    others.map((other) => ({ ...draft, id: `${draft.id}-${other}`, from: other }));
  return defineActor(
    speakerProtocol,
    (context) => ({
      deliver: ({ message }) => {
        got(message);
        const names = manner === "mute" ? [] : manner === "forging" ? [...others, name] : [name];
        for (const participant of names) {
          hub(context).tell("confirm", { participant, id: message.id });
        }
      },
      enter: () => hub(context).ask("register", { name }, within),
      say: async ({ drafts }) => {
        const lies = manner === "forging" ? drafts.flatMap(forged) : [];
        const posts = [...lies, ...drafts].map((draft) =>
          hub(context).ask("post", { message: draft }, within),
        );
        const told = await Promise.all(posts);
        return told.slice(lies.length);
      },
      leave: async () => {
        hub(context).tell("leave", { name });
        return {};
      },
    }),
    { interleave: ["enter", "say"] },
  );
}
