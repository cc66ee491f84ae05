import { emptyBatchDigest } from "./digest.ts";
import { leaderOf } from "./group.ts";
import type {
  Certificate,
  Checkpoint,
  Commit,
  NewView,
  PrePrepare,
  ViewChange,
} from "./messages.ts";
import { statementOf } from "./statement.ts";
import type { Turn } from "./turn.ts";

/** Whether messages come from different replicas of the group. */
function areDistinct(turn: Turn, messages: readonly { readonly sender: string }[]): boolean {
  const senders = new Set(messages.map(({ sender }) => sender));
  return senders.size === messages.length && [...senders].every((name) => turn.isReplica(name));
}

/** Whether a quorum has signed one checkpoint. Returns what it proves. */
export function provenCheckpoint(
  turn: Turn,
  proof: readonly Checkpoint[],
): { readonly sequence: number; readonly digest: string } | undefined {
  const [first] = proof;
  if (first === undefined || proof.length < turn.group.quorum) return undefined;
  const { sequence, digest } = first;
  const isProof =
    areDistinct(turn, proof) &&
    proof.every((one) => one.sequence === sequence && one.digest === digest && turn.isSigned(one));
  return isProof ? { sequence, digest } : undefined;
}

/** Whether a quorum has committed one batch at one place in one view. */
export function isDecision(turn: Turn, commits: readonly Commit[]): boolean {
  const [first] = commits;
  if (first === undefined || commits.length < turn.group.quorum) return false;
  return (
    areDistinct(turn, commits) && commits.every((one) => isSame(one, first) && turn.isSigned(one))
  );
}

function isSame(
  one: { readonly view: number; readonly sequence: number; readonly digest: string },
  other: typeof one,
): boolean {
  return one.view === other.view && one.sequence === other.sequence && one.digest === other.digest;
}

/** Whether the leader of a view ordered a batch and a quorum, the leader included, agreed. */
function isCertificate(turn: Turn, { prePrepare, prepares }: Certificate): boolean {
  const leader = leaderOf(turn.group, prePrepare.view);
  return (
    prePrepare.sender === leader &&
    prepares.length >= turn.group.quorum - 1 &&
    areDistinct(turn, [prePrepare, ...prepares]) &&
    prepares.every((prepare) => isSame(prepare, prePrepare) && turn.isSigned(prepare)) &&
    turn.isSigned(prePrepare)
  );
}

/** Whether a view change, known to be its sender's, proves all that it says. */
export function isProvenViewChange(turn: Turn, message: ViewChange): boolean {
  const { view, stable, proof, prepared } = message;
  if (stable > 0 && provenCheckpoint(turn, proof)?.sequence !== stable) return false;
  const sequences = new Set(prepared.map(({ prePrepare }) => prePrepare.sequence));
  if (sequences.size !== prepared.length) return false;
  const highest = stable + turn.group.limits.logWindow;
  return prepared.every((certificate) => {
    const { sequence, view: preparedIn } = certificate.prePrepare;
    const isPlausible = preparedIn < view && sequence > stable && sequence <= highest;
    return isPlausible && isCertificate(turn, certificate);
  });
}

/** What a new view has to order, as its view changes say: the same for everybody who computes it. */
export interface NewViewPlan {
  /** The highest stable checkpoint among the view changes. */
  readonly from: ViewChange | undefined;
  /** From the sequence after it on, without gaps: the digest of each. */
  readonly digests: readonly string[];
}

/**
 * Section 4.4 of the paper: for each sequence between the highest stable checkpoint and the highest
 * prepared batch, the batch prepared in the highest view; the empty batch where nobody prepared any.
 */
export function planNewView(viewChanges: readonly ViewChange[]): NewViewPlan {
  let from: ViewChange | undefined;
  const chosen = new Map<number, PrePrepare>();
  for (const viewChange of viewChanges) {
    if (viewChange.stable > (from?.stable ?? 0)) from = viewChange;
    for (const { prePrepare } of viewChange.prepared) {
      const { sequence, view } = prePrepare;
      if (view >= (chosen.get(sequence)?.view ?? 0)) chosen.set(sequence, prePrepare);
    }
  }
  const lowest = from?.stable ?? 0;
  const highest = Math.max(lowest, ...chosen.keys());
  const digests: string[] = [];
  for (let sequence = lowest + 1; sequence <= highest; sequence += 1) {
    digests.push(chosen.get(sequence)?.digest ?? emptyBatchDigest);
  }
  return { from, digests };
}

/** Whether a new view, known to be its sender's, follows from the view changes of a quorum. */
export function isProvenNewView(turn: Turn, message: NewView): boolean {
  const { view, viewChanges, prePrepares, sender } = message;
  if (viewChanges.length < turn.group.quorum || !areDistinct(turn, viewChanges)) return false;
  for (const viewChange of viewChanges) {
    if (viewChange.view !== view) return false;
    if (isKnown(turn, viewChange)) continue;
    if (!turn.isSigned(viewChange) || !isProvenViewChange(turn, viewChange)) return false;
  }
  const { from, digests } = planNewView(viewChanges);
  const lowest = from?.stable ?? 0;
  if (prePrepares.length !== digests.length) return false;
  return prePrepares.every(
    (prePrepare, index) =>
      prePrepare.sender === sender &&
      prePrepare.view === view &&
      prePrepare.sequence === lowest + 1 + index &&
      prePrepare.digest === digests[index] &&
      turn.isSigned(prePrepare),
  );
}

/** Whether this view change was checked when it came by itself. */
function isKnown({ state }: Turn, viewChange: ViewChange): boolean {
  const known = state.viewChanges.get(viewChange.sender);
  return (
    known?.signature === viewChange.signature &&
    statementOf(known).value === statementOf(viewChange).value &&
    known.view === viewChange.view
  );
}
