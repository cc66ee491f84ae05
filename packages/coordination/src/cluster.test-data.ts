import { settled, type Wrap } from "@troupe/testkit";

interface Lossy {
  /** Share of the messages that are lost, of 1. */
  readonly lost: number;
  /** Share of the others that come twice. */
  readonly repeated: number;
  /** How long one may take, milliseconds: they overtake each other. */
  readonly withinMs: number;
  /** Which subjects are spared. Default: none. */
  readonly spares?: (subject: string) => boolean;
}

/** Connections that lose some messages, deliver some twice, and delay all. */
export function lossy({ lost, repeated, withinMs, spares = () => false }: Lossy): Wrap {
  return (transport, { clock, random }) => ({
    ...transport,
    publish: (...all) => {
      if (spares(all[0])) return transport.publish(...all);
      const copies = random.next() < lost ? 0 : random.next() < repeated ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        clock.schedule(Math.floor(random.next() * withinMs), () => transport.publish(...all));
      }
    },
  });
}

/** Three in ten messages are lost, some come twice, and all overtake each other. */
export const shaky: Wrap = lossy({ lost: 0.3, repeated: 0.2, withinMs: 150 });

/** What has come of something once it is there, without time passing: undefined when nothing has, or it failed. */
export async function now<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  void promise.then(
    (ended) => {
      value = ended;
    },
    () => {},
  );
  await settled();
  return value;
}
