/** The shape of a run, and the aims. */
import type { Mode } from "./account.ts";

export const ROUNDS = 12;
export const REQUESTS_PER_ROUND = 3000;
/**
 * Pushes of the first, uncounted round: enough for V8 to settle on optimised code, and for its heap to stop growing
 * (until then every push pays for two or three page faults). As many as a user's own limit lets 500 users send at once.
 */
export const WARM_UP_REQUESTS = 20_000;
/** Users that come again and again. */
export const RETURNING_USERS = 500;
/** Uncounted pushes at the head of every later round: caches have cooled, and every returning user's object must live. */
export const RE_WARM_REQUESTS = RETURNING_USERS;
export const CONNECTIONS = 32;
/** Pushes between two readings of the CPU counter. The kernel moves it in 4 ms steps: ±4 µs a push at 1000. */
export const STRETCH_REQUESTS = 1000;
export const START_UP_TRIES = 7;

/** Known users whose objects are asleep: each of them writes once a round. */
export const WOKEN_USERS = 1200;
/** Uncounted pushes of a round of new or woken users. */
export const COLD_WARM_REQUESTS = 200;
/** Counted ones, and the stretches they are counted in: such a push takes several times as long. */
export const COLD_REQUESTS = WOKEN_USERS - COLD_WARM_REQUESTS;
export const COLD_STRETCH_REQUESTS = 500;
/** workerd puts an object to sleep after ten idle seconds. */
export const SLEEP_TIMEOUT_MS = 30_000;

/** The shortest text of a push. */
export const CONTENT_BYTES = 32;
/** Each text is up to this much longer, so that every length of AES padding (1–32) occurs. */
export const CONTENT_SPREAD_BYTES = 32;

/** A server is at rest when it has used less CPU than this for so long. */
export const REST_CPU_US = 3_000;
export const REST_MS = 2_500;

export const REPLY_TIMEOUT_MS = 10_000;
export const START_TIMEOUT_MS = 20_000;

/** The most CPU a push may take, as a multiple of what another server takes in the same run and mode. */
interface Aims {
  /** Of the empty Worker. */
  readonly empty: number;
  /** Of co-wechat, which remembers nothing, by the major version of its Node. */
  readonly peer: Readonly<Record<number, number>>;
}

/** By row and mode; the other rows have none. */
export const AIMS: Readonly<Record<string, Partial<Readonly<Record<Mode, Aims>>>>> = {
  "wechat-edge": {
    plain: { empty: 4.7, peer: {} },
    secure: { empty: 4.7, peer: { 20: 1.3, 24: 1.0 } },
  },
  "wechat-edge, session changes": { secure: { empty: 4.7, peer: { 20: 1.3, 24: 1.0 } } },
  "wechat-edge, handler enqueues": { secure: { empty: 4.9, peer: {} } },
  "wechat-edge, handler waits": { secure: { empty: 6, peer: {} } },
  "wechat-edge, woken users": { secure: { empty: 16, peer: {} } },
  "wechat-edge, new users": { secure: { empty: 16, peer: {} } },
};
