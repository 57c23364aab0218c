/** The refused requests of one account: counted by reason, the last ones kept. For its operator; strangers see nothing. */
import { DurableObject } from "cloudflare:workers";
import type { FailureReason } from "../protocol/failures.ts";

/** How many refusals are kept. Older ones are overwritten; the counts go on. */
export const KEPT_REFUSALS = 100;

/** One refused request. Never its query, its body or a header. */
export interface Refusal {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly path: string;
  readonly reason: FailureReason;
  readonly fact: string;
}

/**
 * Refusals, and how often each reason came up, those without an entry included. What an isolate hands over, and what
 * the object gives back: then newest first.
 */
export interface Refusals {
  readonly v: 1;
  readonly refusals: readonly Refusal[];
  readonly counts: readonly ReasonCount[];
}

export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

/** One Durable Object per account. Bounded: a ring of 100 rows, and one row per reason. */
export class RefusalLog extends DurableObject {
  #next = 0;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    const { sql } = state.storage;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS refusals (slot INTEGER PRIMARY KEY, seq INTEGER, time INTEGER, path TEXT, reason TEXT, fact TEXT)`,
    );
    sql.exec(`CREATE TABLE IF NOT EXISTS counts (reason TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID`);
    const last = sql.exec<{ seq: number | null }>(`SELECT max(seq) AS seq FROM refusals`).one().seq;
    this.#next = last === null ? 0 : last + 1;
  }

  /** Takes over what an isolate has seen. */
  record({ refusals, counts }: Refusals): void {
    const { sql } = this.ctx.storage;
    for (const { time, path, reason, fact } of refusals.slice(-KEPT_REFUSALS)) {
      const seq = this.#next++;
      sql.exec(
        `INSERT OR REPLACE INTO refusals VALUES (?, ?, ?, ?, ?, ?)`,
        seq % KEPT_REFUSALS, seq, time, path, reason, fact,
      ); // prettier-ignore
    }
    for (const { reason, count } of counts) {
      sql.exec(
        `INSERT INTO counts VALUES (?, ?) ON CONFLICT (reason) DO UPDATE SET count = count + excluded.count`,
        reason,
        count,
      );
    }
  }

  /** What is kept. */
  report(): Refusals {
    const { sql } = this.ctx.storage;
    const refusals = sql
      .exec<RefusalRow>(`SELECT time, path, reason, fact FROM refusals ORDER BY seq DESC`)
      .toArray();
    const counts = sql.exec<CountRow>(`SELECT reason, count FROM counts ORDER BY count DESC`).toArray();
    return { v: 1, refusals, counts };
  }
}

type RefusalRow = { time: number; path: string; reason: FailureReason; fact: string };
type CountRow = { reason: string; count: number };
