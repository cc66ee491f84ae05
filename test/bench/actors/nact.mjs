import nact from "nact";
import { drained, making, meter, pipelined, sequential } from "../meter.ts";
import { report, tellFigures } from "./report.ts";

const { start, spawn, dispatch, query } = nact;
const system = start();
let seen = 0;
const behaviour = (total = 0, message) => {
  if (message.crash) throw new Error("asked to");
  seen += 1;
  if (message.reply) dispatch(message.reply, total);
  return total + 1;
};
const counter = spawn(system, behaviour, "counter");
for (let i = 0; i < 20_000; i += 1) dispatch(counter, { i });
await drained(() => seen === 20_000);
seen = 0;
const tells = 300_000;
const rate = meter();
for (let i = 0; i < tells; i += 1) dispatch(counter, { i });
await drained(() => seen === tells);
const tell = tellFigures(rate(tells));
const ask = (actor) => query(actor, (reply) => ({ reply }), 60_000);
const askMicros = await sequential(10_000, 3000, () => ask(counter));
const asks = (await pipelined(50_000, 512, () => ask(counter))).perSecond;
let named = 0;
const spawned = await making(20_000, (count) =>
  Array.from({ length: count }, () => {
    named += 1;
    return spawn(system, behaviour, `a${named}`);
  }),
);
const crashing = spawn(system, behaviour, "crashing", {
  onCrash: (_message, _error, context) => context.reset,
});
console.error = () => {};
const restartMicros = await sequential(3000, 500, () => {
  dispatch(crashing, { crash: true });
  return ask(crashing);
});
report({
  ...tell,
  askMicros,
  asks,
  spawn: spawned.perSecond,
  heapBytes: spawned.heapBytes,
  restartMicros,
});
process.exit();
