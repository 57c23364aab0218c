/** The conversation with one user: what is said to whoever asks about a push, and what is still to be done. */
import { messagesAfter } from "../api/calls/customer-service.ts";
import { settles, inTime } from "../framework/in-time.ts";
import type { UserLimit } from "../limits/user-limit.ts";
import type { Push } from "../protocol/push.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Answers, textReply } from "./answers.ts";
import { askedUntil, earliest, turnsDueAt } from "./due.ts";
import { ErrandList } from "./deferred/errands.ts";
import type { TalkHost } from "./host.ts";
import { JobCare } from "./deferred/care.ts";
import { reopened } from "./deferred/buried.ts";
import { PUSH_ORDER, putOff } from "./deferred/overlap.ts";
import { JobRuns } from "./deferred/job-runs.ts";
import { Jobs } from "./deferred/jobs.ts";
import type { Ledger } from "./ledger.ts";
import type { LiveRun } from "./live-run.ts";
import { asksForMore, mayStillCome } from "./mailbox.ts";
import { Outbox } from "./outbox.ts";
import { decide, progressOf, reportOf } from "./report.ts";
import type { AskCall, ConversationReport, Progress, PushCall, ReplyDecision } from "./rpc.ts";
import type { RedriveAnswer, RedriveCall } from "./deferred/rpc.ts";
import { CLAIM_TURNS, Runs } from "./runs.ts";
import type { Rows } from "./rows.ts";
import type { SessionStore } from "./session-store.ts";
import {
  forgetPush,
  isAwaited,
  isOnlyQueued,
  newRecord,
  replyOf,
  type TurnAnswer,
  type TurnRecord,
} from "./turn.ts";
import type { JobRecord } from "./deferred/job.ts";

/** What a handler's run needs to be written down, in turns of the microtask queue. */
const DONE_TURNS = 2 * CLAIM_TURNS;
/** What a user reads whose answer took too long to be finished at all, unless the account has a text of its own. */
const CUT_OFF_TEXT = "抱歉，这次处理超时了，请稍后再试。";

/** What a conversation is made of. */
export interface TalkParts {
  readonly host: TalkHost;
  readonly ledger: Ledger;
  readonly session: SessionStore;
  readonly limit: UserLimit;
  readonly rows: Rows;
}

/** One per object. All of its state is in the ledger's rows, the session's row, and runs that can be made again. */
export class Talk {
  readonly #parts: TalkParts;
  readonly #answers: Answers;
  readonly #outbox: Outbox;
  readonly #runs: Runs;
  readonly #care: JobCare;
  readonly #jobs: Jobs;
  readonly jobRuns: JobRuns;
  readonly #errands: ErrandList;
  readonly #awakeSince: number;

  constructor(parts: TalkParts) {
    const { host, ledger, session } = parts;
    const { clock, env } = host;
    this.#awakeSince = clock();
    const log = (turn: TurnRecord): Logger => host.log(turn);
    this.#parts = parts;
    this.#answers = new Answers(host, ledger);
    this.#outbox = new Outbox({
      ledger,
      clock,
      log,
      api: (turn) => host.api(turn.account, host.log(turn)),
      answers: this.#answers,
      object: host,
    });
    this.#outbox.adopt();
    this.#care = new JobCare({ ledger, clock, env, log });
    this.#jobs = new Jobs({
      ledger,
      clock,
      log,
      givenUp: (turn, job) => this.#givenUp(turn, job),
      pushDone: () => host.waitUntil(this.#care.send(putOff(ledger).slice(0, 1))),
    });
    this.jobRuns = new JobRuns({
      ledger,
      clock,
      log,
      jobs: this.#jobs,
      canHold: (turn) => host.account(turn.account)?.lateReplies.includes("hold"),
      session: () => session.entries(clock()),
      mergeSession: (changes) => session.merge(changes, clock()),
      takeReply: (turn, job, { n, reply, more = false, part }) =>
        this.#takeReply(turn, job, newRecord(n, JSON.parse(reply), { job: job.id, more, part })),
      cancelOthers: (key) => this.#runs.cancelOthers(key),
      isHandling: () => this.#runs.isHandling,
    });
    this.#errands = new ErrandList(this.#jobs, this.jobRuns, ledger, clock);
    this.#runs = new Runs({
      ...parts,
      answers: this.#answers,
      jobs: this.#jobs,
      ended: (turn) => this.#ended(turn),
      drainSoon: () => this.#outbox.drainSoon(),
    });
  }

  /** A push was delivered: it is handled, its run joined, or its answer repeated. */
  async receive(call: PushCall): Promise<Progress> {
    const { host, ledger, limit } = this.#parts;
    const now = host.clock();
    const known = ledger.find(call.key, now);
    if (known) return call.unattended ? PENDING : this.#again(known, call, now);
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
    turn.deadline = call.deadline;
    if (push.type === "event:unsubscribe") turn.leaves = true;
    turn.allows = messagesAfter(push.message);
    ledger.invited(turn);
    if (call.unattended) turn.held = true;
    if (asksForMore(ledger, push)) {
      turn.collects = true;
      turn.state = "done";
      turn.push = undefined;
      return this.#progress(turn);
    }
    // What follows a push that the queue handles follows it there.
    const isBehind = putOff(ledger).length > 0 && !host.bot.interrupts(push);
    if (call.later || isBehind) return this.#putOff(turn);
    const live = this.#runs.start(turn, push, account, call.deadline);
    if (!call.unattended) return this.#within(live, call.patienceMs);
    live.claim();
    return PENDING;
  }

  /** How far a push is that was delivered before. */
  ask({ key, isLast, mayHold }: AskCall): Progress {
    const turn = this.#parts.ledger.find(key, this.#parts.host.clock());
    if (turn === undefined) return { v: 1, kind: "unknown" };
    // Between two questions the object may have died, and the run with it.
    if (turn.state === "running" && this.#runs.live(key) === undefined) this.#runs.resume(turn);
    if (!isLast || turn.answer !== undefined || !mayStillCome(this.#parts.ledger, turn))
      return this.#progress(turn);
    const answer = this.#answers.late(turn, mayHold);
    this.#jobs.leaveToQueue(turn);
    const errands = this.#errands.take(turn);
    return answer === "hold" ? { v: 1, kind: "hold", ...errands } : { ...progressOf(answer), ...errands };
  }

  /** What an operator gets to see, after carrying out what was decided. */
  report(decision: ReplyDecision | undefined): ConversationReport {
    const { host, ledger } = this.#parts;
    const decided = decision !== undefined && decide(ledger, decision, host.clock());
    if (decided) this.#outbox.drainSoon();
    return reportOf(ledger, decided);
  }

  /** Ends whatever is under way. */
  leave(): void {
    this.#runs.cancelOthers("");
  }

  /** A dead letter's job is run again. */
  async redrive({ job }: RedriveCall): Promise<RedriveAnswer> {
    const { host, ledger } = this.#parts;
    const turn = reopened(ledger, job, host.clock());
    if (turn === undefined) return { v: 1, outcome: "refused" };
    await this.#care.send(this.#jobs.unsent(turn).map((one) => ({ turn, job: one })));
    return { v: 1, outcome: "queued" };
  }

  /** Takes care of what has become due: orphaned runs, held answers that nobody fetched, jobs, late replies. */
  async tend(): Promise<void> {
    const { host, ledger } = this.#parts;
    for (const turn of ledger.unfinished()) {
      const isOverdue = host.clock() >= askedUntil(turn, this.#awakeSince);
      if (turn.state === "running" && this.#runs.live(turn.key) === undefined) {
        // Its answer is kept for WeChat's next request; when none comes, it takes another way.
        turn.held = true;
        this.#runs.resume(turn);
      } else if (turn.state === "done" && turn.answer === undefined && isOverdue) this.#answers.missed(turn);
    }
    await this.#care.send(this.jobRuns.due());
    await this.#care.bury();
    await this.#outbox.drain();
  }

  /** When `tend` has something to do next, in milliseconds since the epoch; `undefined` when nothing is left. */
  get dueAt(): number | undefined {
    const { ledger, host } = this.#parts;
    const isLive = (key: string): boolean => this.#runs.live(key) !== undefined;
    const times = { now: host.clock(), awakeSince: this.#awakeSince };
    return earliest([this.#outbox.dueAt, this.#care.dueAt, turnsDueAt(ledger, isLive, times)]);
  }

  #again(turn: TurnRecord, call: PushCall, now: number): Promise<Progress> | Progress {
    turn.attempts++;
    turn.deliveredAt = now;
    this.#parts.host.logOf(call).info("push_repeated", { message_key: turn.key, attempt: turn.attempts });
    const live =
      this.#runs.live(turn.key) ?? (turn.state === "running" ? this.#runs.resume(turn) : undefined);
    return live ? this.#within(live, call.patienceMs) : this.#progress(turn);
  }

  async #within(live: LiveRun, patienceMs: number): Promise<Progress> {
    if (!(await settles(live.done, DONE_TURNS))) await inTime(live.done, patienceMs);
    return this.#progress(live.kept);
  }

  /** What WeChat is to be told, as far as that is known, and what the Worker is to do besides. */
  #progress(turn: TurnRecord): Progress {
    const answer = turn.answer ?? this.#answerOf(turn);
    const errands = this.#errands.take(turn);
    if (answer) return { ...progressOf(answer), ...errands };
    const newsAt = this.#jobs.newsAt(turn);
    const againMs = newsAt === undefined ? undefined : Math.max(0, newsAt - this.#parts.host.clock());
    return { v: 1, kind: "pending", ...(againMs === undefined ? {} : { againMs }), ...errands };
  }

  /** What is known by now; a push that only the queue works on is not waited for where its answer can be sent. */
  #answerOf(turn: TurnRecord): TurnAnswer | undefined {
    if (!mayStillCome(this.#parts.ledger, turn)) return this.#answers.decide(turn);
    return isOnlyQueued(turn) && !turn.held && turn.collects !== true
      ? this.#answers.acknowledge(turn)
      : undefined;
  }

  /** The user is not there any more: what was kept of them goes, but for the push that says so. */
  #forget(turn: TurnRecord): void {
    const { ledger, session, rows, host } = this.#parts;
    this.#runs.cancelOthers(turn.key);
    rows.clear();
    host.pages.clear();
    session.clear();
    ledger.keepOnly(turn);
    host.log(turn).info("user_forgotten", { message_key: turn.key });
  }

  /** A push's own run has ended. What it put off begins. */
  #ended(turn: TurnRecord): void {
    const { ledger, host } = this.#parts;
    forgetPush(turn);
    const isAskedFor = turn.answer === undefined && !turn.held;
    if (isAskedFor) this.#errands.prepare(turn);
    else this.#jobs.leaveToQueue(turn);
    if (!isAskedFor) ledger.save(turn);
    else if (!isAwaited(turn)) this.#answers.decide(turn);
    else if (!isOnlyQueued(turn) || this.#answers.acknowledge(turn) === undefined) ledger.save(turn);
    if (turn.leaves === true) this.#forget(turn);
    if (!isAskedFor) host.waitUntil(this.#care.send(this.#jobs.unsent(turn).map((job) => ({ turn, job }))));
    this.#outbox.drainSoon();
  }

  /** The account is over its rate: the queue runs the handlers, and the answer takes a late way. */
  #putOff(turn: TurnRecord): Progress {
    turn.state = "done";
    this.#jobs.order(turn, PUSH_ORDER, "1", true);
    this.#parts.host.log(turn).info("push_put_off", { message_key: turn.key });
    const answer = this.#answers.late(turn, false);
    return { ...progressOf(answer === "hold" ? { kind: "none" } : answer), ...this.#errands.take(turn) };
  }

  #takeReply(turn: TurnRecord, { id, waits }: JobRecord, record: ReturnType<typeof newRecord>): number {
    const known = replyOf(turn, record.n, id);
    if (known) return known.state === "dropped" ? 0 : 1;
    this.#answers.take(turn, record, waits);
    this.#parts.ledger.save(turn);
    this.#outbox.drainSoon();
    return record.state === "dropped" ? 0 : 1;
  }

  #givenUp(turn: TurnRecord, job: JobRecord): void {
    const { host } = this.#parts;
    const { apology } = host.account(turn.account)?.texts ?? {};
    const text = apology ?? (job.cause?.code === "job_timed_out" ? CUT_OFF_TEXT : undefined);
    if (text !== undefined && job.waits && !turn.replies.some((record) => record.job === job.id)) {
      this.#answers.apologise(turn, text, job);
      this.#outbox.drainSoon();
    }
    host.waitUntil(this.#care.bury());
  }
}

const NOTHING: Progress = { v: 1, kind: "none" };
const PENDING: Progress = { v: 1, kind: "pending" };
