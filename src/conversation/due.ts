/** When a conversation's pushes need to be looked after. */
import type { Ledger } from "./ledger.ts";

/** WeChat asks again five seconds after the last time; one that has not come by then will not come. */
export const HOLD_PATIENCE_MS = 8_000;
/** A run that nobody asks about any more is taken up again by the alarm after this. */
const ORPHAN_MS = 30_000;

/**
 * When something is to be done for a push next, in milliseconds since the epoch; `undefined` when nothing is.
 *
 * @param isLive whether the run of a push is under way in this object
 */
export function turnsDueAt(
  ledger: Ledger,
  isLive: (key: string) => boolean,
  now: number,
): number | undefined {
  return earliest(
    ledger.unfinished().flatMap(({ key, state, answer, deliveredAt, jobs }) => {
      const wait = state === "running" ? ORPHAN_MS : answer === undefined ? HOLD_PATIENCE_MS : undefined;
      // A run that is under way here is an orphan only once this object has died: the alarm comes back to look.
      const since = isLive(key) ? now : deliveredAt;
      const times = jobs.map((job) =>
        job.state === "ready" ? job.sendAt : job.state === "running" ? job.leaseUntil : undefined,
      );
      return [wait === undefined ? undefined : since + wait, ...times];
    }),
  );
}

/** The first of several times, as far as there are any. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
