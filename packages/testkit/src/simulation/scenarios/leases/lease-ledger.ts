import { checkLinearizable } from "../../../linearizability/check-linearizable.ts";
import { HistoryRecorder } from "../../../linearizability/history-recorder.ts";
import type { Model } from "../../../linearizability/model.ts";
import {
  type LeaseInput,
  type LeaseOutput,
  leaseModel,
} from "../../../linearizability/models/lease.ts";
import type { World } from "../../world.ts";
import type { AskEnd } from "../entities/entity-asks.ts";
import { putOf, vaultKind } from "./vault.ts";

type PutCall = { readonly lease: string; readonly token: number };

/** Takes writes whose token is not older than any before. */
const vaultModel: Model<number, PutCall, boolean> = {
  initial: 0,
  partition: ({ lease }) => lease,
  isReadOnly: (_call, output) => output === false,
  step: (newest, { token }, output) => {
    const isTaken = token >= newest;
    if (output !== undefined && output !== isTaken) return [];
    return [isTaken ? token : newest];
  },
};

/** Configurations looked at before a history counts as undecided. */
const searchNodes = 100_000;

interface Written extends PutCall {
  readonly holder: string;
  end: AskEnd<boolean> | undefined;
}

/** What holders asked and were told, to be held against the models and what is stored. */
export class LeaseLedger {
  readonly #world: World;
  readonly #leases = new HistoryRecorder<LeaseInput, LeaseOutput>();
  readonly #puts = new HistoryRecorder<PutCall, boolean>();
  readonly #written = new Map<number, Written>();
  /** By lease and token, who was told to have it. */
  readonly #holders = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  acquires(holder: string, lease: string): (end: AskEnd<number | false>) => void {
    const call = this.#leases.call(holder, { kind: "acquire", lease });
    return (end) => {
      settle(call, end);
      if (end.kind !== "answered" || end.value === false) return;
      const grant = `${lease} ${end.value}`;
      const isNew = !this.#holders.has(grant);
      this.#world.require(isNew, "a token has one holder", () => `${grant} for ${holder}`);
      this.#holders.set(grant, holder);
    };
  }

  releases(holder: string, lease: string, token: number): (end: AskEnd<boolean>) => void {
    const call = this.#leases.call(holder, { kind: "release", lease, token });
    return (end) => settle(call, end);
  }

  /** A write begins. Returns its id, and what to call with its end. */
  puts(
    holder: string,
    lease: string,
    token: number,
  ): { readonly id: number; ended(end: AskEnd<boolean>): void } {
    const call = this.#puts.call(holder, { lease, token });
    const written: Written = { holder, lease, token, end: undefined };
    const id = this.#written.size + 1;
    this.#written.set(id, written);
    return {
      id,
      ended: (end) => {
        written.end = end;
        settle(call, end);
      },
    };
  }

  async end(leases: readonly string[]): Promise<void> {
    const stored = new Set<number>();
    for (const lease of leases) {
      let newest = 0;
      for (const { payload } of await this.#world.store.read(`journal.${vaultKind}.${lease}`)) {
        const put = putOf(payload);
        if (put === undefined) continue;
        const what = (): string => `${put.id} with token ${put.token} after ${newest}`;
        const isFresh = put.token >= newest;
        this.#world.require(isFresh, "an old token writes no more", what);
        this.#world.require(!stored.has(put.id), "a write is stored once", what);
        stored.add(put.id);
        newest = Math.max(newest, put.token);
      }
    }
    for (const [id, { end }] of this.#written) {
      const told = end?.kind === "answered" ? end.value : end?.kind === "refused" ? false : null;
      const isSo = told === null || told === stored.has(id);
      this.#world.require(isSo, "a holder is told what was stored", () => `write ${id}`);
    }
    this.#check("leases are linearizable", leaseModel({ lapses: true }), this.#leases);
    this.#check("fenced writes are linearizable", vaultModel, this.#puts);
  }

  #check<State, Input, Output>(
    invariant: string,
    model: Model<State, Input, Output>,
    recorder: HistoryRecorder<Input, Output>,
  ): void {
    const verdict = checkLinearizable(model, recorder.history(), { nodes: searchNodes });
    this.#world.trace.add("linearizable", String(verdict.linearizable));
    if (verdict.linearizable !== false) return;
    const { process, input, output } = verdict.unplaced;
    const detail = `${process}: ${JSON.stringify(input)} gave ${JSON.stringify(output)}`;
    this.#world.violate(invariant, detail);
  }
}

function settle<Output>(
  call: { returned(output: Output): void; hadNoEffect(): void },
  end: AskEnd<Output>,
): void {
  if (end.kind === "answered") call.returned(end.value);
  if (end.kind === "refused") call.hadNoEffect();
}
