/**
 * Runs a job away from its conversation: in the Worker that holds the push, or in the queue's consumer. What the run
 * does for its user goes back to the conversation's object, which takes it as long as the run has its lease.
 */
import type { KnownAccount } from "../../accounts/account.ts";
import type { WechatApi } from "../../api/client.ts";
import { TYPING_PATH } from "../../api/calls/customer-service.ts";
import { rightsOf } from "../../accounts/rights.ts";
import { JobError } from "../../errors.ts";
import type { Bot } from "../../framework/bot.ts";
import { accountFor, botFor } from "../../framework/probe.ts";
import type { RunSurroundings, TextPart, Turn } from "../../framework/ports.ts";
import { Run } from "../../framework/run.ts";
import { SessionCopy } from "../../framework/session.ts";
import type { Work, WorkOrder, WorkOutcome } from "../../framework/work.ts";
import type { Push } from "../../protocol/push.ts";
import type { Reply } from "../../protocol/replies.ts";
import { errorFields, type Logger } from "../../telemetry/logger.ts";
import type { JobLine } from "./line.ts";
import type { ChangeList, JobGrant, JobTicket, RecordCall, SettleAnswer, SettleCall } from "./rpc.ts";

/** What is around a run, wherever it is. */
export interface RemoteRunParts {
  readonly bot: Bot<never>;
  readonly account: KnownAccount;
  readonly env: Cloudflare.Env;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly line: JobLine;
  readonly api: () => WechatApi;
  readonly isOpen: (path: `/${string}`) => boolean;
  waitUntil(work: Promise<unknown>): void;
  /** Has the queue given jobs that the run has ordered. */
  send(tickets: readonly JobTicket[]): void;
  /** Is called when the conversation has taken something: whoever holds the push should ask. */
  news?(): void;
}

/** How often a run says that it is still alive; in a Worker it is rather told whether it was cancelled. */
const RENEW_MS = { queue: 30_000, worker: 4_000 } as const;
/** WeChat shows for 15 s that somebody is typing, and only within 30 s of the user's message. */
const TYPING_AT_MS = [1_500, 15_000];

/** One run. */
export class RemoteRun implements RunSurroundings {
  readonly session: SessionCopy;
  readonly canHold: boolean;
  readonly #grant: JobGrant;
  readonly #parts: RemoteRunParts;
  readonly #run: Run;
  readonly #work: Work;
  /** Calls of the object, one after the other: what a run did first must be taken first. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Changes of the session that the conversation has not taken yet. */
  readonly #changes = new Map<string, string | undefined>();
  #isLost = false;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(grant: JobGrant, parts: RemoteRunParts) {
    const { user } = grant;
    this.#grant = grant;
    this.#parts = { ...parts, bot: botFor(parts.bot, user), account: accountFor(parts.account, user) };
    this.session = new SessionCopy(new Map(Object.entries(JSON.parse(grant.session))));
    this.canHold = grant.canHold;
    this.#work = JSON.parse(grant.work);
    this.#run = new Run(this.#turn(), this.#parts.bot, this);
  }

  /**
   * Runs the handler for the job's time, and tells the conversation how it ended.
   *
   * @throws when the conversation cannot be told: then the job is run again when the lease is over
   */
  async perform(via: "queue" | "worker"): Promise<SettleAnswer> {
    const { attempt, job, timeoutMs } = this.#grant;
    const { log, clock } = this.#parts;
    const started = clock();
    this.#every(RENEW_MS[via], () => this.#renew());
    this.#showTyping();
    const outcome = await this.#outcome();
    for (const timer of this.#timers) clearTimeout(timer);
    const settled = this.#isLost ? LOST : await this.#settle(outcome);
    this.#parts.news?.();
    log.info("job_run", {
      name: this.#work.kind === "push" ? "push" : this.#work.name,
      job,
      via,
      attempt,
      outcome: settled.kind === "lost" ? "lost" : outcome.kind,
      duration_ms: clock() - started,
      ...(outcome.kind === "timed_out" ? { timeout_ms: timeoutMs } : {}),
    });
    return settled;
  }

  async record(reply: Reply, n: number, more: boolean, part?: TextPart): Promise<number> {
    const answer = await this.#record({ reply: { n, reply: JSON.stringify(reply), more, part } });
    return answer?.parts ?? 0;
  }

  async order(order: WorkOrder, n: number): Promise<void> {
    const answer = await this.#record({ order: { n, order: JSON.stringify(order) } });
    if (!answer)
      throw new JobError("job_run_lost", "The job was cancelled, or another run of it has taken over.");
    this.#parts.send(answer.tickets);
  }

  async cancel(): Promise<void> {
    await this.#record({ cancelOthers: true });
  }

  #turn(): Turn {
    const { push, skipped, requestId, timeoutMs, answerBy } = this.#grant;
    const { account, env, log, clock, api, isOpen } = this.#parts;
    return {
      account,
      push: JSON.parse(push),
      skipped: skipped.map((one): Push => JSON.parse(one)),
      requestId,
      log,
      deadline: clock() + timeoutMs,
      answerBy,
      said: repliesOf(this.#grant),
      env,
      clock,
      api,
      isOpen,
      waitUntil: (work) => this.#parts.waitUntil(work),
    };
  }

  async #outcome(): Promise<WorkOutcome | { readonly kind: "timed_out" }> {
    const { timeoutMs, isLastTry } = this.#grant;
    const { bot } = this.#parts;
    const timeOut = Promise.withResolvers<{ readonly kind: "timed_out" }>();
    this.#after(timeoutMs, () => {
      timeOut.resolve({ kind: "timed_out" });
      this.#run.abort(`the job has used up its ${timeoutMs} ms`);
    });
    return Promise.race([bot.perform(this.#run, this.#work, isLastTry), timeOut.promise]);
  }

  async #settle(outcome: WorkOutcome | { readonly kind: "timed_out" }): Promise<SettleAnswer> {
    const failure = outcome.kind === "failed" ? { code: outcome.code, error: outcome.error } : {};
    const timeOut =
      outcome.kind === "timed_out"
        ? { code: "job_timed_out", error: `the run took longer than ${this.#grant.timeoutMs} ms` }
        : {};
    const call: Omit<SettleCall, "changes"> = {
      ...this.#address(),
      outcome: outcome.kind,
      ...failure,
      ...timeOut,
    };
    return this.#inTurn((changes) => this.#parts.line.settle({ ...call, changes }));
  }

  async #record(
    what: Pick<RecordCall, "reply" | "order" | "cancelOthers">,
  ): Promise<{ parts: number; tickets: readonly JobTicket[] } | undefined> {
    if (this.#isLost) return undefined;
    const answer = await this.#inTurn((changes) =>
      this.#parts.line.record({ ...this.#address(), changes, ...what }),
    );
    if (answer.kind === "lost") {
      this.#lose();
      return undefined;
    }
    this.#parts.news?.();
    return answer;
  }

  async #renew(): Promise<void> {
    try {
      if (!(await this.#parts.line.renew(this.#address()))) this.#lose();
    } catch (error) {
      this.#parts.log.warn("lease_not_renewed", errorFields(error));
    }
  }

  #lose(): void {
    this.#isLost = true;
    this.#run.abort("the job was cancelled, or another run of it has taken over");
  }

  /** Makes a call that takes the session's changes along; what a failed call took along, the next one takes again. */
  #inTurn<T>(call: (changes: ChangeList) => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      this.#collectChanges();
      const taken = new Map(this.#changes);
      const answer = await call([...taken]);
      for (const [name, json] of taken) if (this.#changes.get(name) === json) this.#changes.delete(name);
      return answer;
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  #address(): Pick<RecordCall, "v" | "key" | "job" | "lease"> {
    const { key, job, lease } = this.#grant;
    return { v: 1, key, job, lease };
  }

  #collectChanges(): void {
    try {
      for (const [name, json] of this.session.takeChanges()) this.#changes.set(name, json);
    } catch (error) {
      this.#parts.log.error("session_not_saved", errorFields(error));
    }
  }

  /** While the user waits for what a job works out, WeChat shows that somebody is typing, where the account may. */
  #showTyping(): void {
    const { account, isOpen, api, log } = this.#parts;
    const { user } = this.#grant;
    const mayType = account.appSecret !== undefined && rightsOf(account.kind).customerService;
    if (this.#work.kind === "job" || user === "" || !mayType || this.#grant.attempt > 1) return;
    for (const at of TYPING_AT_MS) {
      this.#after(at, () => {
        if (this.#run.replied || this.#isLost || !isOpen(TYPING_PATH)) return;
        const typing = api().customerService.typing(user);
        this.#parts.waitUntil(typing.catch((error) => log.debug("typing_not_shown", errorFields(error))));
      });
    }
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#after(ms, () => {
      this.#every(ms, work);
      this.#parts.waitUntil(work());
    });
  }
}

/** What a job's earlier runs have said. An object of before tells only how often. */
function repliesOf({ said = 0, saidReplies }: JobGrant): readonly Reply[] {
  if (saidReplies !== undefined) return JSON.parse(saidReplies);
  return Array.from({ length: said }, () => ({ MsgType: "text", Content: "" }));
}

const LOST: SettleAnswer = { v: 1, kind: "lost" };
