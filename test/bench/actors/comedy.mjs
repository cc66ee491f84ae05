import comedy from "comedy";
import { drained, meter, pipelined, sequential } from "../meter.ts";
import { report, tellFigures } from "./report.ts";

const none = () => {};
const log = { silly: none, debug: none, info: none, warn: none, error: none };
const system = comedy.createSystem({ log: { ...log, isSilly: () => false, isDebug: () => false } });
const root = await system.rootActor();
let seen = 0;
const counter = await root.createChild({
  inc: () => {
    seen += 1;
  },
  get: () => seen,
});
for (let i = 0; i < 5000; i += 1) await counter.send("inc");
seen = 0;
const tells = 100_000;
const rate = meter();
for (let i = 0; i < tells; i += 1) {
  counter.send("inc");
  if (i % 1000 === 0) await null;
}
await drained(() => seen === tells);
const tell = tellFigures(rate(tells));
const ask = () => counter.sendAndReceive("get");
const askMicros = await sequential(10_000, 3000, ask);
const asks = (await pipelined(50_000, 512, ask)).perSecond;
report({ ...tell, askMicros, asks });
process.exit();
