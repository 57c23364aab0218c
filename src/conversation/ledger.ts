/** The turns of one user: all in memory while the object lives, each in a row of a ring that overwrites itself. */
import type { PushCall } from "./rpc.ts";
import type { Rows } from "./rows.ts";
import { isBoxed, isOpen, type ReplyRecord, type TurnRecord } from "./turn.ts";

/** Rows that a ring may grow to; then the oldest is taken before its time. */
export const MAX_TURNS = 1_024;

/** A message that was under way when the user spoke may count as one after it. */
const CROSSING_MS = 1_000;

/** Finds pushes that came before, and keeps what was made of them. */
export class Ledger {
  readonly #rows: Rows;
  readonly #keepMs: number;
  readonly #slots: Map<number, TurnRecord>;
  readonly #slotByKey = new Map<string, number>();
  /** All that are kept, the oldest first: where the next free slot is looked for. */
  readonly #byAge = new Map<TurnRecord, number>();
  /** Those that something is still to be done for, or that wait for the user; the oldest first. */
  readonly #unfinished = new Set<TurnRecord>();
  /** When messages were sent, in milliseconds since the epoch. */
  readonly #sentAt: number[] = [];
  #inviting: TurnRecord | undefined;
  #nextSeq = 0;
  #lastAt = 0;

  /** @param keepMs how long a push is remembered */
  constructor(rows: Rows, turns: ReadonlyMap<number, TurnRecord>, keepMs: number) {
    this.#rows = rows;
    this.#keepMs = keepMs;
    this.#slots = new Map(turns);
    const byAge = [...turns].sort(([, a], [, b]) => a.seq - b.seq);
    for (const [slot, turn] of byAge) {
      this.#byAge.set(turn, slot);
      this.#slotByKey.set(turn.key, slot);
      this.#nextSeq = Math.max(this.#nextSeq, turn.seq + 1);
      this.#lastAt = Math.max(this.#lastAt, turn.deliveredAt);
    }
    for (const [, turn] of byAge) {
      this.#note(turn);
      this.invited(turn);
      for (const { sentAt } of turn.replies) if (sentAt !== undefined) this.#sentAt.push(sentAt);
    }
  }

  /** The turn of that key; one that is past its time is forgotten. */
  find(key: string, now: number): TurnRecord | undefined {
    const slot = this.#slotByKey.get(key);
    const turn = slot === undefined ? undefined : this.#slots.get(slot);
    return turn && (isOpen(turn) || !this.#isPast(turn, now)) ? turn : undefined;
  }

  /** Begins a turn, in memory only. */
  open(
    {
      account,
      user,
      key,
      push,
      requestId,
    }: Pick<PushCall, "account" | "user" | "key" | "push" | "requestId">,
    now: number,
  ): TurnRecord {
    const slot = this.#freeSlot(now);
    const turn: TurnRecord = {
      v: 1,
      key,
      seq: this.#nextSeq++,
      at: now,
      account,
      user,
      requestId,
      push,
      state: "running",
      runs: 1,
      attempts: 1,
      deliveredAt: now,
      answer: undefined,
      held: false,
      replies: [],
      jobs: [],
      skipped: [],
    };
    const before = this.#slots.get(slot);
    if (before) {
      this.#slotByKey.delete(before.key);
      this.#unfinished.delete(before);
      this.#byAge.delete(before);
    }
    this.#slots.set(slot, turn);
    this.#byAge.set(turn, slot);
    this.#slotByKey.set(key, slot);
    this.#unfinished.add(turn);
    this.#lastAt = now;
    return turn;
  }

  /** Writes a turn as it is now: one row. */
  save(turn: TurnRecord): void {
    const slot = this.#slotByKey.get(turn.key);
    if (slot === undefined) return;
    this.#note(turn);
    this.#rows.saveTurn(slot, turn);
  }

  /** Turns that something is still to be done for, or that wait for the user; the oldest first. */
  unfinished(): readonly TurnRecord[] {
    return [...this.#unfinished];
  }

  /** Replies that are on their way or wait, in the order in which they were made. */
  replies(state: "intent" | "sending" | "boxed"): { turn: TurnRecord; record: ReplyRecord }[] {
    return this.unfinished().flatMap((turn) =>
      turn.replies.flatMap((record) => (record.state === state ? [{ turn, record }] : [])),
    );
  }

  /** The last push that messages may follow. */
  get inviting(): TurnRecord | undefined {
    return this.#inviting;
  }

  /** Notes a push that messages may follow, if it is one. */
  invited(turn: TurnRecord): void {
    if ((turn.allows ?? 0) > 0) this.#inviting = turn;
  }

  /** Notes that a message was sent. */
  sent(at: number): void {
    this.#sentAt.push(at);
  }

  /** How many messages WeChat will still take before the user acts again; a hint, for WeChat alone knows. */
  get allowance(): number {
    const { allows = 0, at = Infinity } = this.#inviting ?? {};
    return allows - this.#sentAt.filter((time) => time >= at - CROSSING_MS).length;
  }

  /** All turns that are kept, the newest first. */
  all(): readonly TurnRecord[] {
    return [...this.#slots.values()].sort((a, b) => b.seq - a.seq);
  }

  /** When the last push came. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Forgets all turns but one. The rows were deleted: that one is written anew. */
  keepOnly(turn: TurnRecord): void {
    for (const kept of [this.#slots, this.#slotByKey, this.#byAge, this.#unfinished]) kept.clear();
    this.#sentAt.length = 0;
    this.#inviting = undefined;
    this.#slots.set(0, turn);
    this.#slotByKey.set(turn.key, 0);
    this.#byAge.set(turn, 0);
    this.invited(turn);
    this.save(turn);
  }

  #freeSlot(now: number): number {
    const { size } = this.#slots;
    for (const [turn, slot] of this.#byAge) {
      const isPast = this.#isPast(turn, now);
      // Those behind it are younger: none of them is past its time either.
      if (!isPast && size < MAX_TURNS) return size;
      if (!isOpen(turn) && (isPast || !isBoxed(turn))) return slot;
    }
    return size;
  }

  #note(turn: TurnRecord): void {
    if (!isOpen(turn) && !isBoxed(turn)) this.#unfinished.delete(turn);
    else if (!this.#unfinished.has(turn)) this.#unfinished.add(turn);
  }

  #isPast({ deliveredAt }: TurnRecord, now: number): boolean {
    return now - deliveredAt > this.#keepMs;
  }
}
