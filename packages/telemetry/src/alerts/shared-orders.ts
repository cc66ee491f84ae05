import {
  type Clock,
  type Journal,
  type Journaled,
  type Log,
  openJournaled,
  type Random,
  retryFenced,
} from "@troupe/actor";
import {
  type AlertOrder,
  type AlertOrdered,
  type AlertOrders,
  alertOrdersSchema,
  applyOrder,
  decideOrder,
  noOrders,
  type OrderContext,
  type OrderRecord,
  orderRecordSchema,
} from "./orders.ts";

/** How often an order is tried to be stored while other nodes store theirs, and the longest pause between, milliseconds. */
const storeTries = 20;
const pauseMs = 50;
/** Records between two snapshots; older ones are removed. */
const snapshotEvery = 100;
const entity = { kind: "alerts", key: "orders" } as const;

/** What orders about alerts are shared by. */
export interface SharedOrdersOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * What people said about alerts, kept in the journal as the entity `alerts.orders`: whichever node is told stores it,
 * behind the entity's fence, and all read it. It survives restarts of all nodes. Nothing is done before it is stored.
 */
export class SharedOrders {
  readonly #options: SharedOrdersOptions;
  #known: AlertOrders = noOrders;
  #last = 0;

  constructor(options: SharedOrdersOptions) {
    this.#options = options;
  }

  /**
   * What counts now, with what other nodes have stored.
   *
   * @throws the journal's error when it cannot be read
   */
  async read(): Promise<AlertOrders> {
    const { journal } = this.#options;
    const newest = await journal.last(`journal.${entity.kind}.${entity.key}`);
    if ((newest?.sequence ?? 0) > this.#last) await this.#open();
    return this.#known;
  }

  /**
   * Stores an order, or says why not.
   *
   * @throws the journal's error when it could not be stored; FencedError while other nodes store without end
   */
  async give(order: AlertOrder, context: OrderContext): Promise<AlertOrdered> {
    let answer: AlertOrdered = {};
    await this.#store((orders) => {
      const decided = decideOrder(orders, order, context);
      if ("refused" in decided) {
        answer = { refused: decided.refused };
        return undefined;
      }
      answer = { id: decided.id };
      return decided.record;
    });
    return answer;
  }

  /** Says that alerts are gone: what was said about them counts no more. */
  async forget(alerts: readonly string[]): Promise<void> {
    await this.#store(({ marks }) => {
      const marked = alerts.filter((alert) => marks[alert] !== undefined);
      return marked.length === 0 ? undefined : { type: "gone", alerts: marked };
    });
  }

  async #store(recordOf: (orders: AlertOrders) => OrderRecord | undefined): Promise<void> {
    const { clock, random } = this.#options;
    const between = { clock, random, mostMs: pauseMs };
    await retryFenced(
      async () => {
        const opened = await this.#open();
        const record = recordOf(opened.state);
        if (record !== undefined) this.#known = await opened.append(record);
      },
      { tries: storeTries, between },
    );
  }

  async #open(): Promise<Journaled<AlertOrders, OrderRecord>> {
    const opened = await openJournaled<AlertOrders, OrderRecord>({
      ...this.#options,
      ...entity,
      record: orderRecordSchema,
      version: 1,
      initial: noOrders,
      apply: applyOrder,
      snapshot: {
        schema: alertOrdersSchema,
        version: 1,
        every: snapshotEvery,
        retain: "uncovered",
      },
    });
    this.#known = opened.state;
    this.#last = opened.last;
    return opened;
  }
}
