/** The jobs of one account that were given up: kept for its operator, who runs them again or drops them. */
import { DurableObject } from "cloudflare:workers";
import { DAY_MS } from "../shanghai-time.ts";

/** How many are kept. Beyond that the oldest goes, and is counted as lost. */
export const KEPT_DEAD_LETTERS = 1_000;
/** How long one is kept. */
export const DEAD_LETTER_KEEP_MS = 14 * DAY_MS;
const MAX_ERROR_CHARACTERS = 500;
/** Letters are counted from 1 on. This row counts the lost ones, and goes when none was lost for as long as one is kept. */
const LOST_SEQ = 0;

/** A job that was given up. What it is about stands in `job` alone, which no listing shows. */
export interface DeadLetter {
  readonly v: 1;
  /** Of the job: there is one letter of each. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The name of the conversation's object; empty for what could not be read. */
  readonly object: string;
  /** The openid; empty for none. */
  readonly user: string;
  /** Of the push that the job comes from. */
  readonly key: string;
  /** Of the deferred handler or the job; empty for what could not be read. */
  readonly name: string;
  readonly attempts: number;
  /** Why it was given up, in snake_case. */
  readonly code: string;
  /** The last error's message; cut after 500 characters. */
  readonly error: string;
  readonly requestId: string;
  /** JSON that only the conversation understands; the body as it came (4 kB of it) when that could not be read. */
  readonly job: string;
}

/** A letter in its place: `seq` grows with every letter that comes, and none gets the place of another. */
export type KeptDeadLetter = DeadLetter & { readonly seq: number };

/** What a listing shows of a letter. */
export type DeadLetterFacts = Omit<KeptDeadLetter, "job">;

/** Asks for the newest letters: those before the place `before`. */
export interface DeadLetterListCall {
  readonly v: 1;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Letters, the newest first. */
export interface DeadLetterList {
  readonly v: 1;
  /** How many are kept in all. */
  readonly total: number;
  /** How many had to make room for newer ones. */
  readonly lost: number;
  readonly letters: readonly DeadLetterFacts[];
  /** `before` of the next page, when there is one. */
  readonly next?: number;
}

/** Asks for the oldest letters: those after the place `after`, and none that came after `through`. */
export interface DeadLetterWalkCall {
  readonly v: 1;
  readonly after: number;
  /** Unset: the newest there is. */
  readonly through?: number | undefined;
  readonly limit: number;
}

/** The next letters of a walk, the oldest first. */
export interface DeadLetterWalk {
  readonly v: 1;
  readonly letters: readonly { readonly seq: number; readonly id: string }[];
  /** Where the walk ends: letters that come while it is under way are not met. */
  readonly through: number;
}

/** One Durable Object per account. Bounded: 1,000 rows, gone after 14 days. */
export class DeadLetters extends DurableObject {
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    this.#sql = state.storage.sql;
    // AUTOINCREMENT: the place of a letter that is gone must not become another's.
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS letter (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, time INTEGER, facts TEXT, job TEXT)`,
    );
  }

  /** Keeps a letter. One of the same id is replaced, and its place with it. */
  add(letter: DeadLetter): void {
    this.#expire();
    const { job, ...facts } = letter;
    const error = facts.error.slice(0, MAX_ERROR_CHARACTERS).toWellFormed();
    this.#sql.exec(
      `INSERT OR REPLACE INTO letter (id, time, facts, job) VALUES (?, ?, ?, ?)`,
      facts.id, facts.time, JSON.stringify({ ...facts, error }), job,
    ); // prettier-ignore
    const lost = this.#sql
      .exec(
        `DELETE FROM letter WHERE seq > ${LOST_SEQ} AND seq <= (SELECT seq FROM letter WHERE seq > ${LOST_SEQ} ORDER BY seq DESC LIMIT 1 OFFSET ?) RETURNING seq`,
        KEPT_DEAD_LETTERS,
      )
      .toArray().length;
    if (lost > 0) this.#countLost(lost);
  }

  /** The newest letters. */
  list({ before = Number.MAX_SAFE_INTEGER, limit }: DeadLetterListCall): DeadLetterList {
    this.#expire();
    const rows = this.#sql
      .exec<FactsRow>(
        `SELECT seq, facts FROM letter WHERE seq > ${LOST_SEQ} AND seq < ? ORDER BY seq DESC LIMIT ?`,
        before,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      v: 1,
      total: this.#sql.exec<CountRow>(`SELECT count(*) AS n FROM letter WHERE seq > ${LOST_SEQ}`).one().n,
      lost: this.#lost(),
      letters: page.flatMap(({ seq, facts }) => {
        const read = factsOf(facts);
        return read === undefined ? [] : [{ ...read, seq }];
      }),
      ...(rows.length > limit && last !== undefined ? { next: last.seq } : {}),
    };
  }

  /** The next letters of those that are all to be run again, or dropped. */
  walk({ after, through, limit }: DeadLetterWalkCall): DeadLetterWalk {
    this.#expire();
    const end =
      through ?? this.#sql.exec<{ seq: number | null }>(`SELECT max(seq) AS seq FROM letter`).one().seq ?? 0;
    const letters = this.#sql
      .exec<{ seq: number; id: string }>(
        `SELECT seq, id FROM letter WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
        Math.max(after, LOST_SEQ),
        end,
        limit,
      )
      .toArray();
    return { v: 1, letters, through: end };
  }

  /** A letter with its job. */
  get(id: string): KeptDeadLetter | undefined {
    this.#expire();
    const [row] = this.#sql.exec<LetterRow>(`SELECT seq, facts, job FROM letter WHERE id = ?`, id).toArray();
    const facts = row && factsOf(row.facts);
    return row && facts && { ...facts, seq: row.seq, job: row.job };
  }

  /**
   * Removes a letter.
   *
   * @param seq only if it still has this place: else it is a later letter of the same job
   * @returns whether there was such a letter
   */
  remove(id: string, seq?: number): boolean {
    return (
      this.#sql
        .exec(`DELETE FROM letter WHERE id = ? AND seq = ifnull(?, seq) RETURNING seq`, id, seq ?? null)
        .toArray().length > 0
    );
  }

  #expire(): void {
    this.#sql.exec(`DELETE FROM letter WHERE time < ?`, Date.now() - DEAD_LETTER_KEEP_MS);
  }

  #lost(): number {
    const [row] = this.#sql.exec<FactsRow>(`SELECT seq, facts FROM letter WHERE seq = ${LOST_SEQ}`).toArray();
    return row === undefined ? 0 : Number(row.facts);
  }

  #countLost(more: number): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO letter (seq, time, facts) VALUES (${LOST_SEQ}, ?, ?)`,
      Date.now(),
      String(this.#lost() + more),
    );
  }
}

type CountRow = { n: number };
type FactsRow = { seq: number; facts: string };
type LetterRow = FactsRow & { job: string };

/** A row of a version that this code does not know is left alone: the code that knows it may come back. */
function factsOf(text: string): Omit<DeadLetter, "job"> | undefined {
  const parsed: unknown = JSON.parse(text);
  return isVersion1(parsed) ? parsed : undefined;
}

function isVersion1(value: unknown): value is Omit<DeadLetter, "job"> {
  return typeof value === "object" && value !== null && Reflect.get(value, "v") === 1;
}
