import type { Mutant } from "./mutants.ts";

const log = "coordination/src/decision-log";
const raft = `${log}/raft`;

/** Bugs of decision logs: what implementations of Raft have got wrong, and writers of a journal. */
export const decisionLogMutants: readonly Mutant[] = [
  {
    bug: "a vote is not stored, and forgotten by a restart",
    file: `${raft}/election.ts`,
    search: `if (state.votedFor === null) turn.change({ kind: "term", term, votedFor: from });`,
    replace: "if (state.votedFor === null) state.votedFor = from;",
    scenario: "raft-core",
  },
  {
    bug: "a replica votes twice in a term",
    file: `${raft}/election.ts`,
    search: "const isFree = state.votedFor === null || state.votedFor === from;",
    replace: "const isFree = state.votedFor !== from || state.votedFor === from;",
    scenario: "raft-core",
  },
  {
    bug: "the longer log wins votes, though its last entry is of an older term",
    file: `${raft}/election.ts`,
    search: "  if (lastTerm !== turn.lastTerm) return lastTerm > turn.lastTerm;\n",
    replace: "  if (lastTerm < 0) return false;\n",
    scenario: "raft-core",
  },
  {
    bug: "half of the replicas are a majority",
    file: `${raft}/turn.ts`,
    search: "return Math.floor(this.identity.group.replicas.length / 2) + 1;",
    replace: "return Math.ceil(this.identity.group.replicas.length / 2);",
    scenario: "raft-core",
  },
  {
    bug: "an entry of an earlier term is committed because most hold it",
    file: `${raft}/commit.ts`,
    search: "if (most > state.commit && turn.termAt(most) === state.term) turn.commitTo(most);",
    replace: "if (most > state.commit) turn.commitTo(most);",
    scenario: "raft-core",
  },
  {
    bug: "a message that was overtaken cuts off what came after it",
    file: `${raft}/following.ts`,
    search: "    known < entries.length &&\n    turn.termAt",
    replace: "    known < 0 &&\n    turn.termAt",
    scenario: "raft-core",
  },
  {
    bug: "the term of the entry before is not compared",
    file: `${raft}/following.ts`,
    search: "if (turn.termAt(previousIndex) !== previousTerm) {",
    replace: "if ((turn.termAt(previousIndex) ?? 0) < Math.min(previousTerm, 1)) {",
    scenario: "raft-core",
  },
  {
    bug: "answers leave before what they promise is stored",
    file: `${raft}/write-behind.ts`,
    search: "        this.#isWriting = true;\n",
    replace: "        this.#isWriting = true;\n        this.#release(outputs.splice(0));\n",
    scenario: "raft-core",
  },
  {
    bug: "a snapshot keeps later entries that do not follow from it",
    file: `${raft}/durable.ts`,
    search: "return log[covered - 1]?.term === term ? log.slice(covered) : [];",
    replace: "return log[covered - 1]?.term === 0 ? [] : log.slice(covered);",
    scenario: "raft-core",
  },
  {
    bug: "a leader answers reads without asking whether it still is one",
    file: `${raft}/reads.ts`,
    search: "  return rounds.sort((one, other) => other - one)[majority - 1] ?? 0;",
    replace: "  return majority < 0 ? 0 : Math.max(...rounds);",
    scenario: "raft-core",
  },
  {
    bug: "a new leader answers reads before it knows what is committed",
    file: `${raft}/reads.ts`,
    search: "  if (turn.termAt(state.commit) !== state.term) return;\n",
    replace: "  if (turn.termAt(state.commit) === -1) return;\n",
    scenario: "raft-core",
  },
  {
    bug: "an id that is proposed again is decided again",
    file: `${raft}/decided.ts`,
    search: `if (entry.kind === "began" || indexOf(decided, entry.id) !== undefined) return decided;`,
    replace: `if (entry.kind === "began") return decided;`,
    scenario: "raft-core",
  },
  {
    bug: "a proposal counts when it is appended, though it lost the race",
    file: `${log}/journal/journal-log.ts`,
    search: "        await this.#append({ index: this.#log.next, id, entry });\n",
    replace:
      "        const { next } = this.#log;\n        await this.#append({ index: next, id, entry });\n        return next;\n",
    scenario: "journal-log",
  },
  {
    bug: "records that lost a race count",
    file: `${log}/journal/stored-log.ts`,
    search: "if (decision.index < this.#next) continue;",
    replace: "if (decision.index < 0) continue;",
    scenario: "journal-log",
  },
  {
    bug: "an id is not looked for before it is appended",
    file: `${log}/journal/journal-log.ts`,
    search: "      if (known !== undefined) return known;\n",
    replace: "      if (known === this.#log.next - 1) return known;\n",
    scenario: "journal-log",
  },
];
