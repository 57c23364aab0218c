/** The conversation with one user: which pushes came, and in which order they are handled. */
import type { KnownAccount } from "../accounts/account.ts";
import { inTime, settles } from "../framework/in-time.ts";
import type { Turn } from "../framework/ports.ts";
import type { UserLimit } from "../limits/user-limit.ts";
import type { Push } from "../protocol/push.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Answers, textReply } from "./answers.ts";
import type { TalkHost } from "./host.ts";
import type { Ledger } from "./ledger.ts";
import { LiveRun } from "./live-run.ts";
import { COLLECT_WORD } from "./mailbox.ts";
import { AFTER_ANSWER_MS, Outbox } from "./outbox.ts";
import { decide, reportOf } from "./report.ts";
import type { AskCall, ConversationReport, Progress, PushCall, ReplyDecision } from "./rpc.ts";
import type { SessionStore } from "./session-store.ts";
import type { TurnAnswer, TurnRecord } from "./turn.ts";

/** WeChat asks again five seconds after the last time; one that has not come by then will not come. */
const HOLD_PATIENCE_MS = 8_000;
/** A run that nobody asks about any more is taken up again by the alarm after this. */
const ORPHAN_MS = 30_000;
/** A run that takes longer is cut off, so that a handler that never ends does not keep its user's other messages waiting. */
const RUN_LIMIT_MS = 60_000;
/** A push whose run dies again and again is given up. */
const MAX_RUNS = 5;
/** Turns of the microtask queue that a handler gets before it is written down that it was begun. */
const CLAIM_TURNS = 64;

/** What such a handler's run needs to be written down. */
const DONE_TURNS = 2 * CLAIM_TURNS;

/** What a conversation is made of. */
export interface TalkParts {
  readonly host: TalkHost;
  readonly ledger: Ledger;
  readonly session: SessionStore;
  readonly limit: UserLimit;
}

/** One per object. All of its state is in the ledger's rows, the session's row, and runs that can be made again. */
export class Talk {
  readonly #parts: TalkParts;
  readonly #answers: Answers;
  readonly #outbox: Outbox;
  readonly #live = new Map<string, LiveRun>();
  /** The end of the last run that others wait for; unset when none is under way. */
  #tail: Promise<unknown> | undefined;

  constructor(parts: TalkParts) {
    const { host, ledger } = parts;
    this.#parts = parts;
    this.#answers = new Answers(host, ledger);
    this.#outbox = new Outbox({
      ledger,
      clock: host.clock,
      api: (turn) => host.api(turn.account, host.log(turn)),
      log: (turn) => host.log(turn),
      reroute: (turn, record) => this.#answers.route(turn, record, "push"),
    });
    this.#outbox.adopt();
  }

  /** A push was delivered: it is handled, its run joined, or its answer repeated. */
  async receive(call: PushCall): Promise<Progress> {
    const { host, ledger, limit } = this.#parts;
    const now = host.clock();
    const known = ledger.find(call.key, now);
    if (known) return this.#again(known, call, now);
    const account = host.account(call.account);
    if (account === undefined) return NOTHING;
    const allowance = limit.take(now);
    if (allowance !== "allowed") {
      host
        .logOf(call)
        .warn("push_dropped", { account: account.id, message_key: call.key, cause: "user_rate" });
      const { busy } = account.texts;
      if (allowance === "refused" || busy === undefined) return NOTHING;
      return progressOf({ kind: "reply", reply: textReply(busy), route: "text" });
    }
    const push: Push = JSON.parse(call.push);
    const turn = ledger.open(call, now);
    if (push.message.Content?.trim() === COLLECT_WORD && ledger.replies("boxed").length > 0) {
      turn.state = "done";
      turn.push = undefined;
      return progressOf(this.#answers.decide(turn));
    }
    return this.#within(this.#start(turn, push, account, call.deadline), call.patienceMs);
  }

  /** How far a push is that was delivered before. */
  ask({ key, isLast, mayHold }: AskCall): Progress {
    const turn = this.#parts.ledger.find(key, this.#parts.host.clock());
    if (turn === undefined) return { v: 1, kind: "unknown" };
    // Between two questions the object may have died, and the run with it.
    if (turn.state === "running" && !this.#live.has(key)) this.#resume(turn);
    if (turn.state === "done") return progressOf(this.#answers.decide(turn));
    if (turn.answer) return progressOf(turn.answer);
    if (!isLast) return PENDING;
    const answer = this.#answers.late(turn, mayHold);
    return answer === "hold" ? { v: 1, kind: "hold" } : progressOf(answer);
  }

  /** What an operator gets to see, after carrying out what was decided. */
  report(decision: ReplyDecision | undefined): ConversationReport {
    const { host, ledger } = this.#parts;
    const decided = decision !== undefined && decide(ledger, decision, host.clock());
    if (decided) this.#drainSoon();
    return reportOf(ledger, decided);
  }

  /** Takes care of what has become due: orphaned runs, held answers that nobody fetched, late replies. */
  async tend(): Promise<void> {
    const { host, ledger } = this.#parts;
    for (const turn of ledger.unfinished()) {
      const isOverdue = host.clock() >= turn.deliveredAt + HOLD_PATIENCE_MS;
      if (turn.state === "running" && !this.#live.has(turn.key)) {
        // Its answer is kept for WeChat's next request; when none comes, it takes another way.
        turn.held = true;
        this.#resume(turn);
      } else if (turn.state === "done" && turn.answer === undefined && isOverdue) this.#answers.missed(turn);
    }
    await this.#outbox.drain();
  }

  /** When `tend` has something to do next, in milliseconds since the epoch; `undefined` when nothing is left. */
  get dueAt(): number | undefined {
    let due = this.#outbox.dueAt;
    for (const turn of this.#parts.ledger.unfinished()) {
      const wait =
        turn.state === "running" ? ORPHAN_MS : turn.answer === undefined ? HOLD_PATIENCE_MS : undefined;
      // A run that is under way here is an orphan only once this object has died: the alarm comes back to look.
      const since = this.#live.has(turn.key) ? this.#parts.host.clock() : turn.deliveredAt;
      if (wait !== undefined) due = Math.min(due ?? Infinity, since + wait);
    }
    return due;
  }

  #again(turn: TurnRecord, call: PushCall, now: number): Promise<Progress> | Progress {
    turn.attempts++;
    turn.deliveredAt = now;
    this.#parts.host.logOf(call).info("push_repeated", { message_key: turn.key, attempt: turn.attempts });
    const live = this.#live.get(turn.key) ?? (turn.state === "running" ? this.#resume(turn) : undefined);
    return live ? this.#within(live, call.patienceMs) : progressOf(this.#answers.decide(turn));
  }

  /** A run that died with its object is made again: "seen" is not "done". */
  #resume(turn: TurnRecord): LiveRun | undefined {
    const { host, ledger } = this.#parts;
    const account = host.account(turn.account);
    if (turn.push === undefined || account === undefined || turn.runs >= MAX_RUNS) {
      host.log(turn).error("run_given_up", { message_key: turn.key, runs: turn.runs });
      turn.state = "done";
      turn.push = undefined;
      ledger.save(turn);
      return undefined;
    }
    turn.runs++;
    host.log(turn).warn("run_resumed", { message_key: turn.key, runs: turn.runs });
    return this.#start(turn, JSON.parse(turn.push), account, host.clock());
  }

  #start(turn: TurnRecord, push: Push, account: KnownAccount, deadline: number): LiveRun {
    const { host, ledger, session } = this.#parts;
    const log = host.log(turn);
    const handling: Turn = {
      account,
      push,
      deadline,
      log,
      requestId: turn.requestId,
      env: host.env,
      clock: host.clock,
      // What a handler does outside must not happen before it is known that it was begun.
      api: () => {
        live.claim();
        return host.api(account.id, log);
      },
      isOpen: (path) => host.isOpen(account.id, path),
      waitUntil: (work) => host.waitUntil(work),
    };
    const live = new LiveRun({
      turn: handling,
      kept: turn,
      bot: host.bot,
      openSession: () => session.open(host.clock()),
      canHold: account.lateReplies.includes("hold"),
      claim: () => ledger.save(turn),
      takeLate: (record) => {
        this.#answers.route(turn, record);
        ledger.save(turn);
        this.#drainSoon();
      },
      cancelOthers: () => this.#cancelOthers(turn.key),
    });
    this.#live.set(turn.key, live);
    if (host.bot.interrupts(push)) live.done = this.#handled(live, undefined, account);
    else {
      const done = this.#handled(live, this.#tail, account);
      live.done = this.#tail = done;
      const clear = (): void => {
        if (this.#tail === done) this.#tail = undefined;
      };
      void done.then(clear, clear);
    }
    // Whoever waits for it is told; without anybody there is nobody to tell.
    live.done.catch(() => {});
    return live;
  }

  /** Messages of one user are handled one after the other. */
  async #handled(live: LiveRun, before: Promise<unknown> | undefined, account: KnownAccount): Promise<void> {
    const { host, ledger, session } = this.#parts;
    const { kept: turn } = live;
    if (before) {
      live.claim();
      await before.catch(() => {});
    }
    const ending = live.handle();
    if (!(await settles(ending, CLAIM_TURNS))) live.claim();
    const { failed } =
      (await Promise.race([inTime(ending, RUN_LIMIT_MS), live.cancelled])) ?? cutOff(live, host.log(turn));
    this.#live.delete(turn.key);
    session.merge(live.sessionChanges(), host.clock());
    turn.state = "done";
    turn.push = undefined;
    const { apology } = account.texts;
    if (failed && turn.replies.length === 0 && apology !== undefined) this.#answers.apologise(turn, apology);
    // An answer that is held is decided when WeChat fetches it, or when it does not.
    if (turn.held && turn.answer === undefined) ledger.save(turn);
    else if (turn.answer === undefined) this.#answers.decide(turn);
    else ledger.save(turn);
    live.answered(() => session.merge(live.sessionChanges(), host.clock()));
    this.#drainSoon();
    host.waitUntil(host.schedule());
  }

  #drainSoon(): void {
    const { host } = this.#parts;
    const { dueAt } = this.#outbox;
    const waitMs = dueAt === undefined ? Infinity : Math.max(0, dueAt - host.clock());
    if (waitMs > AFTER_ANSWER_MS) return; // nothing to send, or the alarm's business
    host.waitUntil(this.#drainAfter(waitMs));
  }

  async #drainAfter(waitMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await this.#outbox.drain();
    await this.#parts.host.schedule();
  }

  #cancelOthers(key: string): void {
    for (const [other, live] of this.#live) if (other !== key) live.end();
  }

  async #within(live: LiveRun, patienceMs: number): Promise<Progress> {
    const { kept: turn } = live;
    if (!(await settles(live.done, DONE_TURNS))) await inTime(live.done, patienceMs);
    if (turn.state === "done") return progressOf(this.#answers.decide(turn));
    return turn.answer ? progressOf(turn.answer) : PENDING;
  }
}

function cutOff(live: LiveRun, log: Logger): { failed: boolean } {
  log.warn("run_cut_off", { message_key: live.kept.key, after_ms: RUN_LIMIT_MS });
  live.end();
  return { failed: true };
}

const NOTHING: Progress = { v: 1, kind: "none" };
const PENDING: Progress = { v: 1, kind: "pending" };

function progressOf(answer: TurnAnswer): Progress {
  return answer.kind === "reply"
    ? { v: 1, kind: "reply", reply: JSON.stringify(answer.reply), route: answer.route }
    : { v: 1, kind: "none", route: answer.route };
}
