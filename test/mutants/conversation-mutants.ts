import type { Mutant } from "./mutants.ts";

const hub = "coordination/src/conversation/hub.ts";
const state = "coordination/src/conversation/hub-state.ts";
const scenario = "conversation";

/** Bugs of the hub of conversations. */
export const conversationMutants: readonly Mutant[] = [
  {
    bug: "anybody posts in anybody's name",
    file: hub,
    search: "        forged(message.from)\n",
    replace: "        message.from === undefined\n",
    scenario,
  },
  {
    bug: "anybody confirms in anybody's name",
    file: hub,
    search: "        if (forged(participant)) return;\n",
    replace: "",
    scenario,
  },
  {
    bug: "messages are sent once",
    file: state,
    search: "      ...sent.filter((one) => one.delivery.dueAt <= now),",
    replace: "      ...sent.filter((one) => one.delivery.dueAt < 0),",
    scenario,
  },
  {
    bug: "messages are sent again without end",
    file: state,
    search: "delivery.tries > state.limits.redeliveries && delivery.dueAt <= now",
    replace: "delivery.tries > state.limits.redeliveries * 9 && delivery.dueAt <= now",
    scenario,
  },
  {
    bug: "what has expired is sent all the same",
    file: state,
    search: `expiresAt !== undefined && expiresAt <= now) next = settle(next, id, to, "expired");`,
    replace: `expiresAt === 0) next = settle(next, id, to, "expired");`,
    scenario,
  },
  {
    bug: "what is not urgent goes first",
    file: state,
    search: "b.kept.envelope.priority - a.kept.envelope.priority",
    replace: "a.kept.envelope.priority - b.kept.envelope.priority",
    scenario,
  },
  {
    bug: "a message goes to its sender as well",
    file: state,
    search: "draft.to ?? [...participants.keys()].filter((one) => one !== draft.from);",
    replace: "draft.to ?? [...participants.keys()];",
    scenario,
  },
  {
    bug: "a repeated post is another message",
    file: state,
    search: "    return same ? { state }",
    replace:
      "    if (!same) return post({ ...state, messages: new Map() }, draft, now);\n    return same ? { state }",
    scenario,
  },
  {
    bug: "old threads are kept",
    file: hub,
    search: "      state = forgetOld(state, clock.now());\n",
    replace: "",
    scenario,
  },
  {
    bug: "who leaves stays",
    file: hub,
    search: "        if (!forged(name)) remove(name);",
    replace: "        if (forged(name)) remove(name);",
    scenario,
  },
];
