import { expect, test } from "vitest";
import { equivocationOf, isEquivocation } from "./equivocation.ts";
import type { Checkpoint } from "./messages.ts";
import { ed25519Signatures, newKeyPair } from "./signatures.ts";
import { isSigned, signed } from "./statement.ts";

const [a, b] = [newKeyPair(), newKeyPair()];
const publicKeys = { a: a.publicKey, b: b.publicKey };
const ofA = ed25519Signatures(a.privateKey, publicKeys);
const ofB = ed25519Signatures(b.privateKey, publicKeys);

function checkpoint(digest: string, sequence = 4, group = "g"): Checkpoint {
  const by = { group, sender: "a", signatures: ofA };
  return signed<Checkpoint>({ kind: "checkpoint", sequence, digest }, by);
}

test("a signature is its signer's, for its text alone", () => {
  const signature = ofA.sign("text");
  expect(ofB.verify("a", "text", signature)).toBe(true);
  expect(ofB.verify("b", "text", signature)).toBe(false);
  expect(ofB.verify("a", "other text", signature)).toBe(false);
  expect(ofB.verify("nobody", "text", signature)).toBe(false);
  expect(ofB.verify("a", "text", "no signature")).toBe(false);
});

test("the same text is signed the same way again", () => {
  expect(ofA.sign("text")).toBe(ofA.sign("text"));
});

test("a message is bound to its sender, its content and its group", () => {
  const message = checkpoint("one");
  expect(isSigned("g", message, ofB)).toBe(true);
  expect(isSigned("h", message, ofB)).toBe(false);
  expect(isSigned("g", { ...message, sequence: 8 }, ofB)).toBe(false);
  expect(isSigned("g", { ...message, sender: "b" }, ofB)).toBe(false);
});

test("two signed answers to one question prove a lie to whoever has the public keys", () => {
  const proof = equivocationOf(checkpoint("one"), checkpoint("two"));
  if (proof === undefined) throw new Error("there is no proof");
  const { privateKey, publicKey } = newKeyPair();
  const stranger = ed25519Signatures(privateKey, { ...publicKeys, stranger: publicKey });
  expect(isEquivocation("g", proof, stranger)).toBe(true);
  expect(isEquivocation("h", proof, stranger)).toBe(false);
  expect(isEquivocation("g", { ...proof, signer: "b" }, stranger)).toBe(false);
  expect(isEquivocation("g", { ...proof, second: proof.first }, stranger)).toBe(false);
  const invented = { ...proof.second, value: "three" };
  expect(isEquivocation("g", { ...proof, second: invented }, stranger)).toBe(false);
});

test("equal answers, and answers to different questions, prove nothing", () => {
  expect(equivocationOf(checkpoint("one"), checkpoint("one"))).toBeUndefined();
  expect(equivocationOf(checkpoint("one"), checkpoint("two", 8))).toBeUndefined();
});
