/**
 * Long texts that are read on a page, in the object of the user they were written for: what a link leads to was written
 * together with the reply that has the link, and goes with everything else that is kept of the user.
 */
import { toHex } from "../protocol/bytes.ts";

/** More pages of one user than these, and the oldest is taken before its time. */
export const MAX_PAGES = 64;
/** A text that has not grown for so long has been given up, whatever was to follow. */
const PATIENCE_MS = 120_000;
const ID_BYTES = 16;

/** A page as it is kept. */
export interface KeptPage {
  readonly id: string;
  /** Until when it can be read, in Unix seconds. */
  readonly until: number;
}

/** What a page shows. */
export interface PageText {
  readonly text: string;
  /** Whether more of it is being written. */
  readonly isGrowing: boolean;
}

interface PageBody {
  readonly v: 1;
  readonly text: string;
  readonly isOpen: boolean;
  /** When it grew last, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** The pages of one object. Their table is made with the first of them, so that nobody pays for it who has none. */
export class Pages {
  readonly #sql: SqlStorage;
  readonly #keepMs: number;

  /** @param keepMs how long a page can be read */
  constructor(sql: SqlStorage, keepMs: number) {
    this.#sql = sql;
    this.#keepMs = keepMs;
  }

  /**
   * Keeps a text as a page of its own: one row.
   *
   * @param isOpen whether more of it will follow
   * @throws when it cannot be written
   */
  put(text: string, isOpen: boolean, now: number): KeptPage {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS page (slot INTEGER PRIMARY KEY, id TEXT, until INTEGER, body TEXT)`,
    );
    const id = toHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
    const until = Math.floor((now + this.#keepMs) / 1000);
    this.#sql.exec(
      `INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)`,
      this.#freeSlot(now),
      id,
      until,
      bodyOf({ v: 1, text, isOpen, changedAt: now }),
    );
    return { id, until };
  }

  /** Adds to a page. @returns whether there is such a page */
  append(id: string, more: string, isOpen: boolean, now: number): boolean {
    const body = this.#body(id, now);
    if (body === undefined) return false;
    const grown = bodyOf({ v: 1, text: body.text + more, isOpen, changedAt: now });
    this.#sql.exec(`UPDATE page SET body = ? WHERE id = ?`, grown, id);
    return true;
  }

  /** What the page of that id shows; `undefined` when there is none, or its time is over. */
  read(id: string, now: number): PageText | undefined {
    const body = this.#body(id, now);
    return body && { text: body.text, isGrowing: body.isOpen && now - body.changedAt < PATIENCE_MS };
  }

  /** Until when the last of them can be read, in milliseconds since the epoch; 0 when there is none. */
  get lastUntil(): number {
    if (!this.#exists) return 0;
    const { until } = this.#sql.exec<{ until: number | null }>(`SELECT max(until) AS until FROM page`).one();
    return (until ?? 0) * 1000;
  }

  /** Forgets all of them. */
  clear(): void {
    if (this.#exists) this.#sql.exec(`DELETE FROM page`);
  }

  get #exists(): boolean {
    return this.#sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'page'`).toArray().length > 0;
  }

  #freeSlot(now: number): number {
    const slots = this.#sql
      .exec<{ slot: number; until: number }>(`SELECT slot, until FROM page ORDER BY until`)
      .toArray();
    const [oldest] = slots;
    const isFree = oldest !== undefined && (oldest.until * 1000 <= now || slots.length >= MAX_PAGES);
    return isFree ? oldest.slot : slots.length;
  }

  #body(id: string, now: number): PageBody | undefined {
    if (!this.#exists) return undefined;
    const [row] = this.#sql
      .exec<{ body: string }>(`SELECT body FROM page WHERE id = ? AND until > ?`, id, now / 1000)
      .toArray();
    const body: unknown = row && JSON.parse(row.body);
    return isBody(body) ? body : undefined;
  }
}

function bodyOf(body: PageBody): string {
  return JSON.stringify(body);
}

function isBody(value: unknown): value is PageBody {
  return typeof value === "object" && value !== null && Reflect.get(value, "v") === 1;
}
