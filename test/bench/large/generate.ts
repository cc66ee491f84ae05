import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { seededRandom } from "@troupe/testkit";

const regions = ["north", "south", "east", "west", "n/a"];
/** Characters that are gathered before they are written. */
const chunkLength = 1 << 20;
const dayMs = 86_400_000;
const firstDay = Date.UTC(2019, 0, 1);
const days = 2000;

/**
 * Writes a CSV file of orders, the same for the same seed: mostly sound, with amounts that are no numbers, a
 * token for "nothing" in a column of words, and rows that are there twice.
 *
 * @param rows without the header
 */
export async function writeOrders(path: string, rows: number, seed: number): Promise<void> {
  // Drawing every digit of ten million rows anew would take longer than to clean them.
  const random = seededRandom(seed);
  const draws = Uint32Array.from({ length: 65_521 }, () => Math.floor(random.next() * 2 ** 31));
  const dates = Array.from({ length: days }, (_, day) =>
    new Date(firstDay + day * dayMs).toISOString().slice(0, 10),
  );
  const file = createWriteStream(path);
  let text = "order_id,day,region,customer,quantity,amount\n";
  let before = "";
  for (let row = 0; row < rows; row += 1) {
    const draw = ((draws[row % draws.length] ?? 0) + row * 7919) % 2 ** 31;
    const other = ((draws[(row * 31) % draws.length] ?? 0) ^ (row * 104_729)) >>> 0;
    const region = regions[draw % 97 === 0 ? 4 : draw % 4];
    const amount = other % 50_021 === 0 ? "unclear" : `${other % 1000}.${10 + (draw % 90)}`;
    const line = `${row + 1},${dates[draw % days]},${region},customer ${other % 50_000},${1 + (other % 9)},${amount}\n`;
    before = draw % 20_011 === 0 && before !== "" ? before : line;
    text += before;
    if (text.length < chunkLength) continue;
    if (!file.write(text)) await once(file, "drain");
    text = "";
  }
  file.end(text);
  await finished(file);
}
