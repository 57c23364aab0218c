/**
 * The user that `npm run doctor` sends pushes as. A built-in handler answers it, after full verification; the owner's bot
 * never sees it. It is no real user: openids have 28 characters and begin with `o`.
 */
export const PROBE_USER = "wechat-edge-doctor";

/** A text that begins so is answered with what follows. */
export const PROBE_ECHO = "echo ";

/** A text `slow <ms>` is answered with itself after so many milliseconds, `MAX_PROBE_SLOW_MS` at most. */
export const PROBE_SLOW = /^slow (\d{1,5})$/;
export const MAX_PROBE_SLOW_MS = 30_000;

/** Every other push of the probe user is answered with this. */
export const PROBE_ANSWER = "wechat-edge";
