// The shape of a run, and the aims.
import type { Mode } from "./account.ts";

export const ROUNDS = 12;
export const REQUESTS_PER_ROUND = 3000;
/** Pushes of the first, uncounted round: enough for V8 to settle on optimised code. */
export const WARM_UP_REQUESTS = 6000;
/** Uncounted pushes at the head of every later round: the server's caches have cooled since its last turn. */
export const RE_WARM_REQUESTS = 300;
export const CONNECTIONS = 32;
/** Pushes between two readings of the CPU counter. The kernel moves it in 4 ms steps: ±4 µs a push at 1000. */
export const STRETCH_REQUESTS = 1000;
export const START_UP_TRIES = 7;

/** The shortest text of a push. */
export const CONTENT_BYTES = 32;
/** Each text is up to this much longer, so that every length of AES padding (1–32) occurs. */
export const CONTENT_SPREAD_BYTES = 32;

export const REPLY_TIMEOUT_MS = 10_000;
export const START_TIMEOUT_MS = 20_000;

/** The most CPU a push may take, as a multiple of what another server takes in the same run and mode. */
export const AIMS = {
  empty: { plain: 1.35, secure: 2.1 },
  peer: { plain: 0.65, secure: 0.65 },
} as const satisfies Record<string, Record<Mode, number>>;
