import type { Random } from "@troupe/actor";

/** Numbers, names and signs that readers trip over. */
const awkward = [
  ...["-1", "0", "1e999", "NaN", "9007199254740993", "-0", "null", "true", '""', "[]", "{}", "'"],
  ...[
    '"__proto__"',
    '"constructor"',
    "\\u0000",
    "\ud800",
    "\ufeff",
    "(",
    ")",
    "((((",
    "[[[[",
    "{{",
  ],
  ...'"\\\n\t,:;?&*!|>%@`-$'.split(""),
];
const longestRun = 2000;
const mostSteps = 6;

/** A sample with one to six things done to it: cut, doubled, swapped, filled with what readers trip over. */
export function mutated(sample: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(sample);
  const steps = 1 + below(mostSteps, random);
  for (let step = 0; step < steps; step += 1) bytes = changed(bytes, random);
  return bytes;
}

function changed(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = below(bytes.length + 1, random);
  const length = Math.min(bytes.length - at, below(1 + below(64, random), random));
  const [before, part, after] = [
    bytes.slice(0, at),
    bytes.slice(at, at + length),
    bytes.slice(at + length),
  ];
  switch (below(8, random)) {
    case 0:
      return before;
    case 1:
      return joined(before, after);
    case 2:
      return joined(before, part, part, after);
    case 3:
      return joined(after, part, before);
    case 4: {
      const run = new Uint8Array(below(longestRun, random)).fill(bytes[at] ?? below(256, random));
      return joined(before, run, after);
    }
    case 5:
      return joined(before, Uint8Array.of(below(256, random)), after);
    default: {
      const text = awkward[below(awkward.length, random)] ?? "";
      return joined(before, new TextEncoder().encode(text), after);
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

function below(limit: number, random: Random): number {
  return Math.floor(random.next() * limit);
}
