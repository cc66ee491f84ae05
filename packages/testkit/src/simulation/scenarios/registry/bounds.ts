/** Links in trouble delay by 200 ms on average, by ten times as much at most. */
export const delayMs = 200;
const longestDelayMs = 10 * delayMs;
/** What `membership` of `createActorSystem` is by default. */
const suspectMs = 8000;
const heartbeatMs = 1000;
/** The rate of clocks, as a share. A period is rounded up to whole milliseconds besides. */
export const drift = 0.01;
const driftAllowed = 3 * drift;
const longestBeatMs = heartbeatMs * (1 + driftAllowed);

/** How often a view that does not change is written down. */
export const lookEveryMs = heartbeatMs;

/**
 * Δ: how old a view of a node may be, in time its holder was awake. A heartbeat carries what its
 * node advertised when it was sent, and is heard after the longest delay of a link. From then on
 * the view may stay as it is until the node is suspected of being lost, and that is looked at with
 * the next heartbeat of the holder's own.
 */
export const staleMs = longestDelayMs + (suspectMs + heartbeatMs) * (1 + driftAllowed);

/**
 * What a sleep of the holder adds to Δ besides its length: suspicion is stretched by the sleep, and
 * looked at one heartbeat later.
 */
export const sleptMs = longestBeatMs;

/** How long after a silence a node may still be missed: until a heartbeat is sent, and has come. */
export const reheardMs = longestBeatMs + longestDelayMs;

/**
 * How long a silence may be without the node being missed: its last heartbeat came at most one
 * period before the silence began.
 */
export const spokenForMs = suspectMs / (1 + driftAllowed) - longestBeatMs;
