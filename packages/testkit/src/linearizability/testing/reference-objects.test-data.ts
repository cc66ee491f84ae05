import type { Model, Scalar } from "../model.ts";
import { type JournalInput, type JournalOutput, journalModel } from "../models/journal.ts";
import { type KeyValueInput, keyValueModel } from "../models/key-value.ts";
import { type LeaseInput, type LeaseOutput, leaseModel } from "../models/lease.ts";
import { type RegisterInput, type RegisterOutput, registerModel } from "../models/register.ts";

/** A model, and an implementation of the same object that owes it nothing. */
export interface Subject<State, Input, Output> {
  readonly model: Model<State, Input, Output>;
  readonly input: (choose: (count: number) => number) => Input;
  readonly open: () => (input: Input) => Output;
}

export const register: Subject<number, RegisterInput<number>, RegisterOutput<number>> = {
  model: registerModel(0),
  input: (choose) =>
    [
      { kind: "read" } as const,
      { kind: "write", value: choose(4) } as const,
      { kind: "cas", expected: choose(4), value: choose(4) } as const,
    ][choose(3)] ?? { kind: "read" },
  open: () => {
    let value = 0;
    return (input) => {
      if (input.kind === "read") return value;
      const takesPlace = input.kind === "write" || input.expected === value;
      if (takesPlace) value = input.value;
      return takesPlace;
    };
  },
};

export const keyValue: Subject<string, KeyValueInput, string> = {
  model: keyValueModel(),
  input: (choose) => ({
    kind: (["get", "put", "append"] as const)[choose(3)] ?? "get",
    key: `k${choose(2)}`,
    value: `${choose(3)}`,
  }),
  open: () => {
    const values = new Map<string, string>();
    return (input) => {
      const before = values.get(input.key) ?? "";
      if (input.kind === "get") return before;
      values.set(input.key, input.kind === "put" ? input.value : before + input.value);
      return "";
    };
  },
};

export const lease: Subject<unknown, LeaseInput, LeaseOutput> = {
  model: leaseModel() as Model<unknown, LeaseInput, LeaseOutput>,
  input: (choose) =>
    choose(2) === 0
      ? { kind: "acquire", lease: "a" }
      : { kind: "release", lease: "a", token: 1 + choose(4) },
  open: () => {
    let latest = 0;
    let isHeld = false;
    return (input) => {
      const succeeds = input.kind === "acquire" ? !isHeld : isHeld && input.token === latest;
      if (succeeds) isHeld = !isHeld;
      if (!succeeds || input.kind === "release") return succeeds;
      latest += 1;
      return latest;
    };
  },
};

export const journal: Subject<unknown, JournalInput, JournalOutput> = {
  model: journalModel() as Model<unknown, JournalInput, JournalOutput>,
  input: (choose) => {
    const subject = `s${choose(2)}`;
    if (choose(3) === 0) return { kind: "read", subject };
    const expected = choose(2) === 0 ? choose(4) : undefined;
    return { kind: "append", subject, payload: choose(3), expected };
  },
  open: () => {
    const records: { subject: string; sequence: number; payload: Scalar }[] = [];
    return (input) => {
      const own = records.filter(({ subject }) => subject === input.subject);
      if (input.kind === "read") return own.map(({ sequence, payload }) => ({ sequence, payload }));
      const { subject, payload, expected } = input;
      if (expected !== undefined && expected !== (own.at(-1)?.sequence ?? 0)) return "fenced";
      return records.push({ subject, payload, sequence: records.length + 1 });
    };
  },
};
