/** What the users of one account may do on one day, all together: counted exactly, in one object per account. */
import { DurableObject } from "cloudflare:workers";
import { shanghaiDay } from "../shanghai-time.ts";

/** Asks for one more. */
export interface QuotaCall {
  readonly v: 1;
  /** What is counted: one row each, so a bot's own name and never a user's. */
  readonly name: string;
  /** How many are allowed in a day, by Shanghai's clock. It may change from call to call. */
  readonly perDay: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whether it was one of the allowed ones. Those that were refused are not counted. */
export interface QuotaAnswer {
  readonly v: 1;
  readonly isAllowed: boolean;
}

/** One Durable Object per account. Bounded: one row per name, and a new day overwrites the old one. */
export class AccountQuota extends DurableObject {
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS quota (name TEXT PRIMARY KEY, day INTEGER, count INTEGER) WITHOUT ROWID`,
    );
  }

  /** Counts one more, if it is allowed: one row written then, none for a refused one. */
  take({ name, perDay, now }: QuotaCall): QuotaAnswer {
    const kept = this.#sql.exec<QuotaRow>(`SELECT day, count FROM quota WHERE name = ?`, name).toArray()[0];
    const today = shanghaiDay(now);
    // A caller whose clock is behind around midnight must not bring the old day back.
    const day = Math.max(today, kept?.day ?? today);
    const count = kept?.day === day ? kept.count : 0;
    const isAllowed = count < perDay;
    if (isAllowed) this.#sql.exec(`INSERT OR REPLACE INTO quota VALUES (?, ?, ?)`, name, day, count + 1);
    return { v: 1, isAllowed };
  }
}

type QuotaRow = { day: number; count: number };
