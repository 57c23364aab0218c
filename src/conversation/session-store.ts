/** The user's session: kept key by key, so that a slow run and a new message do not overwrite each other's keys. */
import { SessionCopy, type SessionChanges, type SessionEntries } from "../framework/session.ts";
import type { KeptSession, Rows } from "./rows.ts";

/** What the store needs of the bot. */
export interface SessionRules {
  readonly idleMs: number;
  initial(): SessionEntries;
}

/** How far behind the kept time of use may lag: it is not worth a row of its own. */
const USE_LAG_SHARE = 0.1;

/** One user's session. */
export class SessionStore {
  readonly #rows: Rows;
  readonly #rules: SessionRules;
  #kept: KeptSession | undefined;

  constructor(rows: Rows, kept: KeptSession | undefined, rules: SessionRules) {
    this.#rows = rows;
    this.#kept = kept;
    this.#rules = rules;
  }

  /** A copy for one run; a session that was idle for too long begins anew. */
  open(now: number): SessionCopy {
    return new SessionCopy(this.entries(now));
  }

  /** What a run begins with. */
  entries(now: number): SessionEntries {
    const kept = this.#kept;
    if (kept !== undefined && now - kept.usedAt <= this.#rules.idleMs)
      return new Map(Object.entries(kept.entries));
    this.#kept = undefined;
    return this.#rules.initial();
  }

  /**
   * Takes over what a run has changed; other keys stay as they are. Writes one row, or none when nothing changed.
   */
  merge(changes: SessionChanges, now: number): void {
    const isDue = this.#kept !== undefined && now - this.#kept.usedAt > this.#rules.idleMs * USE_LAG_SHARE;
    if (changes.size === 0 && !isDue) return;
    const entries =
      this.#kept === undefined ? Object.fromEntries(this.#rules.initial()) : { ...this.#kept.entries };
    for (const [name, json] of changes) {
      if (json === undefined) delete entries[name];
      else entries[name] = json;
    }
    this.#kept = { v: 1, usedAt: now, entries };
    this.#rows.saveSession(this.#kept);
  }

  /** Forgets it. The row was deleted. */
  clear(): void {
    this.#kept = undefined;
  }

  /** When it was used last; 0 when there is none. */
  get usedAt(): number {
    return this.#kept?.usedAt ?? 0;
  }
}
