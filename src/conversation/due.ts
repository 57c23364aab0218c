/** When a conversation's pushes need to be looked after. */
import type { Ledger } from "./ledger.ts";
import type { TurnRecord } from "./turn.ts";

/** WeChat asks again five seconds after the last time; one that has not come by then will not come. */
const HOLD_PATIENCE_MS = 8_000;
/** WeChat's last request comes ten seconds after its first, or a little later. */
const LAST_REQUEST_MS = 12_000;
/** A run that nobody asks about any more is taken up again by the alarm after this. */
const ORPHAN_MS = 30_000;

/**
 * Until when WeChat may ask again for a push whose answer is held for it, in milliseconds since the epoch.
 *
 * @param awakeSince when this object has begun: of requests before that, only the first is sure to be on record
 */
export function askedUntil({ at, deliveredAt }: TurnRecord, awakeSince: number): number {
  return Math.max(deliveredAt, Math.min(awakeSince, at + LAST_REQUEST_MS)) + HOLD_PATIENCE_MS;
}

/**
 * When something is to be done for a push next, in milliseconds since the epoch; `undefined` when nothing is.
 *
 * @param isLive whether the run of a push is under way in this object
 */
export function turnsDueAt(
  ledger: Ledger,
  isLive: (key: string) => boolean,
  { now, awakeSince }: { readonly now: number; readonly awakeSince: number },
): number | undefined {
  return earliest(
    ledger.unfinished().flatMap((turn) => {
      const { key, state, answer, deliveredAt, jobs } = turn;
      // A run that is under way here is an orphan only once this object has died: the alarm comes back to look.
      const orphaned = (isLive(key) ? now : deliveredAt) + ORPHAN_MS;
      const missed = answer === undefined ? askedUntil(turn, awakeSince) : undefined;
      const times = jobs.map((job) =>
        job.state === "ready" ? job.sendAt : job.state === "running" ? job.leaseUntil : undefined,
      );
      return [state === "running" ? orphaned : missed, ...times];
    }),
  );
}

/** The first of several times, as far as there are any. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
