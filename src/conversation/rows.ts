/** The object's one table: a ring of turns, and the session as one more row of it, so that both lie on one page. */
import type { TurnRecord } from "./turn.ts";

/** The session's slot; turns have those from 0 on. */
const SESSION_SLOT = -1;

/** A session as it is kept. */
export interface KeptSession {
  readonly v: 1;
  /** When it was used last, in milliseconds since the epoch. */
  usedAt: number;
  /** Values as JSON text, by key. */
  entries: Record<string, string>;
}

/** Everything that is kept. */
export interface KeptRows {
  readonly turns: ReadonlyMap<number, TurnRecord>;
  readonly session: KeptSession | undefined;
}

/** Reads and writes rows. Every write is one row. */
export class Rows {
  readonly #sql: SqlStorage;
  readonly #writeFailed: () => void;

  /** @param writeFailed called when memory knows more than storage does */
  constructor(sql: SqlStorage, writeFailed: () => void) {
    this.#sql = sql;
    this.#writeFailed = writeFailed;
    sql.exec(`CREATE TABLE IF NOT EXISTS turn (slot INTEGER PRIMARY KEY, body TEXT)`);
  }

  /** Rows of a version that this code does not know are left alone: the code that knows them may come back. */
  load(): KeptRows {
    const turns = new Map<number, TurnRecord>();
    let session: KeptSession | undefined;
    for (const [slot, body] of this.#sql.exec(`SELECT slot, body FROM turn`).raw<[number, string]>()) {
      const parsed: unknown = JSON.parse(body);
      if (!isVersion1(parsed)) continue;
      if (slot === SESSION_SLOT) session = parsed as KeptSession;
      else turns.set(slot, { ...NEWER_MEMBERS(), ...(parsed as TurnRecord) });
    }
    return { turns, session };
  }

  saveTurn(slot: number, turn: TurnRecord): void {
    this.#save(slot, turn);
  }

  saveSession(session: KeptSession): void {
    this.#save(SESSION_SLOT, session);
  }

  /** Deletes all of it. */
  clear(): void {
    this.#sql.exec(`DELETE FROM turn`);
  }

  #save(slot: number, row: TurnRecord | KeptSession): void {
    try {
      this.#sql.exec(`INSERT OR REPLACE INTO turn VALUES (?, ?)`, slot, JSON.stringify(row));
    } catch (error) {
      this.#writeFailed();
      throw error;
    }
  }
}

/** Members that rows of earlier versions lack. */
const NEWER_MEMBERS = (): Pick<TurnRecord, "jobs" | "skipped"> => ({ jobs: [], skipped: [] });

function isVersion1(value: unknown): value is { readonly v: 1 } {
  return typeof value === "object" && value !== null && Reflect.get(value, "v") === 1;
}
