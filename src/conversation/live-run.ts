/** A run that is under way in this object: the handlers, and what they have replied and changed so far. */
import type { Bot } from "../framework/bot.ts";
import type { RunSurroundings, TextPart, Turn } from "../framework/ports.ts";
import { Run } from "../framework/run.ts";
import type { WorkOrder, WorkOutcome } from "../framework/work.ts";
import type { SessionChanges, SessionCopy } from "../framework/session.ts";
import type { Reply } from "../protocol/replies.ts";
import { errorFields } from "../telemetry/logger.ts";
import { newRecord, passiveReply, replyOf, type ReplyRecord, type TurnRecord } from "./turn.ts";

/** What a run is made of. */
export interface LiveRunParts {
  readonly turn: Turn;
  readonly kept: TurnRecord;
  readonly bot: Bot<never>;
  /** A copy of the session, opened when the run begins: runs before it may still change it. */
  readonly openSession: () => SessionCopy;
  readonly canHold: boolean;
  /** Writes the turn down: from then on it is known that it was begun. */
  readonly claim: () => void;
  /** Takes a reply that the push itself cannot carry any more, and writes it down. */
  readonly takeLate: (record: ReplyRecord) => void;
  /** Puts work on record that is to be done elsewhere. */
  readonly order: (order: WorkOrder, n: number) => void;
  readonly cancelOthers: () => void;
}

/** One run. */
export class LiveRun implements RunSurroundings {
  readonly #parts: LiveRunParts;
  readonly #run: Run;
  #session: SessionCopy | undefined;
  #isClaimed = false;
  isCancelled = false;
  readonly #end = Promise.withResolvers<WorkOutcome>();
  /** Resolves when the run has ended and is written down. */
  done: Promise<void> = Promise.resolve();

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    this.#run = new Run(parts.turn, parts.bot, this);
  }

  get kept(): TurnRecord {
    return this.#parts.kept;
  }

  get session(): SessionCopy {
    this.#session ??= this.#parts.openSession();
    return this.#session;
  }

  get canHold(): boolean {
    return this.#parts.canHold;
  }

  /** Resolves when the run is cancelled: nobody waits for its handlers any more. */
  get cancelled(): Promise<WorkOutcome> {
    return this.#end.promise;
  }

  /** Runs the handlers. Never throws. */
  handle(): Promise<WorkOutcome> {
    return this.#parts.bot.handle(this.#run);
  }

  /** Writes down, once, that the run was begun: before its first effect, and when it waits for something. */
  claim(): void {
    if (this.#isClaimed) return;
    this.#isClaimed = true;
    this.#parts.claim();
  }

  /** What the run has changed in the session since the last time; nothing when that is not JSON. */
  sessionChanges(): SessionChanges {
    try {
      return this.#session?.takeChanges() ?? new Map();
    } catch (error) {
      this.#parts.turn.log.error("session_not_saved", errorFields(error));
      return new Map();
    }
  }

  /** Cancels this run: its signal aborts, and what it still replies reaches nobody. */
  end(): void {
    this.isCancelled = true;
    this.#end.resolve({ kind: "done" });
    this.#run.abort("the run was cancelled or cut off");
  }

  order(order: WorkOrder, n: number): void {
    if (!this.isCancelled) this.#parts.order(order, n);
  }

  cancel(): void {
    this.#parts.cancelOthers();
  }

  record(reply: Reply, n: number, more: boolean, part?: TextPart): number {
    const { kept: turn, takeLate } = this.#parts;
    // A run that is made again meets the replies that it has recorded before.
    const known = replyOf(turn, n, undefined);
    if (known) return known.state === "dropped" ? 0 : 1;
    if (this.isCancelled) {
      this.#parts.turn.log.info("reply_dropped", { n, type: reply.MsgType, cause: "the run was cancelled" });
      return 0;
    }
    const record = newRecord(n, reply, { more, part });
    const isPassive = turn.answer === undefined && passiveReply(turn) === undefined;
    turn.replies.push(record);
    if (isPassive) return 1;
    this.#isClaimed = true;
    takeLate(record);
    return record.state === "dropped" ? 0 : 1;
  }
}
