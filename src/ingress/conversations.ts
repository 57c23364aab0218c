/** Hands verified pushes to their conversations and waits for the answers: waiting costs nothing here. */
import { PROBE_USER } from "../accounts/probe-user.ts";
import type { ConversationObject } from "../conversation/conversation.ts";
import { JobLine } from "../conversation/deferred/line.ts";
import type { JobSender } from "../conversation/deferred/sender.ts";
import { objectName } from "../conversation/object-name.ts";
import { RemoteRun } from "../conversation/deferred/remote-run.ts";
import type { AskCall, Progress, PushCall, PushMessage } from "../conversation/rpc.ts";
import type { Errands, JobGrant, JobTicket } from "../conversation/deferred/rpc.ts";
import { answerWithin } from "../deadline.ts";
import type { Bot } from "../framework/bot.ts";
import { inTime } from "../framework/in-time.ts";
import type { Answer, Dispatch, Turn } from "../framework/ports.ts";
import { isOverAccountRate } from "../limits/account-rate.ts";
import { pushKey } from "../protocol/push-key.ts";
import { errorFields } from "../telemetry/logger.ts";

/** What the way to the conversations needs. */
export interface ConversationsOptions {
  /** Whose deferred handlers are run here. */
  readonly bot: Bot<never>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly locationHint: DurableObjectLocationHint;
  readonly sender: JobSender;
}

/** Each call of the object has its own time: the runtime would go on trying for ten seconds. */
const CALL_TIMEOUT_MS = 1_200;
/** How long the object may wait for its handler in one call. */
const PATIENCE_MS = 1_000;
/** When the object is asked again, after the push arrived. */
const ASKS_MS = [1_300, 1_700, 2_200, 2_800, 3_500];
/** A timer may go off so much early. */
const EARLY_MS = 5;
/** The last question leaves the object this long to answer before the deadline. */
const LAST_ASK_MS = 300;
/** The budget of deliberate time-outs is asked shortly before the deadline: without a word from it, there is none. */
const LIMIT_TIMEOUT_MS = 100;
/** The queue is asked to take a push that the object did not take: the answer waits for that, but not for long. */
const QUEUE_TIMEOUT_MS = 800;
/** A push that is to be sent again must not be answered before WeChat has given up on it. */
const SILENT_UNTIL_MS = 5_500;

/** The `Dispatch` by way of the user's Durable Object. */
export function conversations(options: ConversationsOptions): Dispatch {
  return async (turn) => {
    const arrived = options.clock();
    const line = new Line(turn, options);
    try {
      const progress = await line.untilAnswered();
      return answerOf(progress, arrived);
    } catch (error) {
      return storeDown(turn, arrived, error, await line.leftToQueue());
    }
  };
}

/** One push's connection to its object. */
class Line {
  readonly #turn: Turn;
  readonly #options: ConversationsOptions;
  readonly #clock: () => number;
  readonly #user: string;
  readonly #key: string;
  readonly #name: string;
  /** Whether the object has taken the push. */
  #isTaken = false;
  /** Wakes whoever sleeps: a job that is run here has done something. */
  #news = Promise.withResolvers<void>();

  constructor(turn: Turn, options: ConversationsOptions) {
    const { account, push } = turn;
    this.#turn = turn;
    this.#options = options;
    this.#clock = options.clock;
    this.#user = account.dialect.userOf(push.message) ?? "";
    this.#key = pushKey(push);
    this.#name = objectName(account.id, this.#user, this.#key);
  }

  /** Delivers the push, and asks again until there is an answer or none can be waited for. */
  async untilAnswered(): Promise<Progress> {
    const { deadline, env, account } = this.#turn;
    const arrived = this.#clock();
    const lastAsk = deadline - Math.min(LAST_ASK_MS, (deadline - arrived) / 4);
    const isOver = await isOverAccountRate(env.ACCOUNT_RATE, account.id);
    let progress = await this.#received(lastAsk, isOver);
    for (let asks = 0; ;) {
      this.#runErrands(progress);
      if (progress.kind !== "pending") return progress;
      const planned = arrived + (ASKS_MS[asks] ?? Infinity);
      const again = progress.againMs === undefined ? Infinity : this.#clock() + progress.againMs;
      await this.#sleepUntil(Math.min(planned, again, lastAsk));
      const now = this.#clock();
      if (now >= lastAsk - EARLY_MS) break;
      while (now + EARLY_MS >= arrived + (ASKS_MS[asks] ?? Infinity)) asks++;
      progress = await this.#asked(false);
    }
    const last = await this.#asked(true);
    this.#runErrands(last);
    return last;
  }

  /** Has the queue deliver the push that the object did not take. @returns whether it is in good hands */
  async leftToQueue(): Promise<boolean> {
    if (this.#isTaken) return true;
    const { env, log, deadline } = this.#turn;
    const body: PushMessage = { v: 1, object: this.#name, push: { ...this.#pushCall(), unattended: true } };
    const left = Math.min(QUEUE_TIMEOUT_MS, deadline - this.#clock());
    try {
      await answerWithin(() => env.JOBS.sendBatch([{ body, contentType: "json" }]), left);
      return true;
    } catch (error) {
      log.warn("push_not_queued", errorFields(error));
      return false;
    }
  }

  #runErrands({ tickets = [], grant }: Errands): void {
    this.#send(tickets);
    if (grant) this.#turn.waitUntil(this.#run(grant));
  }

  #send(tickets: readonly JobTicket[]): void {
    const { env, log } = this.#turn;
    const sending = this.#options.sender.add(tickets, env.JOBS, log);
    if (sending) this.#turn.waitUntil(sending);
  }

  /** Runs a deferred handler here: waiting costs nothing, and its answer may still be in time. */
  async #run(grant: JobGrant): Promise<void> {
    const { account, env, log, clock, api, isOpen } = this.#turn;
    const run = new RemoteRun(grant, {
      bot: this.#options.bot,
      account,
      env,
      log,
      clock,
      line: new JobLine(env.CONVERSATIONS, grant.object),
      api,
      isOpen,
      waitUntil: (work) => this.#turn.waitUntil(work),
      send: (tickets) => this.#send(tickets),
      news: () => this.#news.resolve(),
    });
    try {
      const settled = await run.perform("worker");
      if (settled.kind === "again") this.#send([settled.ticket]);
    } catch (error) {
      log.warn("job_not_settled", { job: grant.job, ...errorFields(error) });
    }
  }

  /** A call that failed is made once more with a new stub, while there is time: the record makes it harmless. */
  async #received(lastAsk: number, later: boolean): Promise<Progress> {
    try {
      return await this.#receive(lastAsk, later);
    } catch (error) {
      if (this.#clock() + CALL_TIMEOUT_MS > lastAsk || isOverloaded(error)) throw error;
      this.#turn.log.warn("conversation_call_failed", errorFields(error));
      return this.#receive(lastAsk, later);
    }
  }

  async #receive(lastAsk: number, later: boolean): Promise<Progress> {
    const patienceMs = Math.max(0, Math.min(PATIENCE_MS, lastAsk - this.#clock()));
    const call: PushCall = { ...this.#pushCall(), patienceMs, ...(later ? { later } : {}) };
    const progress = await this.#call((stub) => stub.receive(call));
    this.#isTaken = true;
    return progress;
  }

  #pushCall(): PushCall {
    const { account, push, requestId, deadline } = this.#turn;
    return {
      v: 1,
      account: account.id,
      user: this.#user,
      key: this.#key,
      push: JSON.stringify(push),
      requestId,
      spanId: requestId.slice(0, 16),
      deadline,
      patienceMs: 0,
    };
  }

  async #asked(isLast: boolean): Promise<Progress> {
    const { lateReplies } = this.#turn.account;
    const mayHold = isLast && lateReplies.includes("hold") && (await mayTimeOut(this.#turn));
    const call: AskCall = { v: 1, key: this.#key, isLast, mayHold };
    try {
      return await this.#call((stub) => stub.ask(call));
    } catch (error) {
      if (isLast) throw error;
      this.#turn.log.warn("conversation_call_failed", errorFields(error));
      return { v: 1, kind: "pending" };
    }
  }

  #call(use: (stub: DurableObjectStub<ConversationObject>) => Promise<Progress>): Promise<Progress> {
    const { CONVERSATIONS: namespace } = this.#turn.env;
    const { locationHint } = this.#options;
    const stub = namespace.get(namespace.idFromName(this.#name), { locationHint });
    return answerWithin(() => use(stub), Math.min(CALL_TIMEOUT_MS, this.#turn.deadline - this.#clock()));
  }

  /** Sleeps until a time, or until there is news. */
  async #sleepUntil(time: number): Promise<void> {
    const ms = time - this.#clock();
    if (ms <= 0) return;
    await inTime(this.#news.promise, ms);
    this.#news = Promise.withResolvers<void>();
  }
}

function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}

/**
 * Whether another push of the account may time out on purpose: WeChat silences an account that does so too often. Nobody
 * sends the doctor's pushes again.
 */
async function mayTimeOut({ env, account, push }: Turn): Promise<boolean> {
  if (account.dialect.userOf(push.message) === PROBE_USER) return false;
  try {
    const outcome = await inTime(env.DELIBERATE_TIMEOUTS.limit({ key: account.id }), LIMIT_TIMEOUT_MS);
    return outcome?.success === true;
  } catch {
    return false;
  }
}

function answerOf(progress: Progress, arrived: number): Answer {
  switch (progress.kind) {
    case "reply":
      return { kind: "reply", reply: JSON.parse(progress.reply), route: progress.route };
    case "hold":
      return { kind: "silence", until: arrived + SILENT_UNTIL_MS };
    case "none":
      return { kind: "none", route: progress.route };
    case "pending":
    case "unknown":
      return { kind: "none" };
  }
}

/**
 * The object cannot be reached. WeChat sends a push again that nobody answers, which carries it over a short reset; but
 * not too many, for it would silence the account.
 *
 * @param isKept whether the object or the queue has the push: then nothing is lost
 */
async function storeDown(turn: Turn, arrived: number, error: unknown, isKept: boolean): Promise<Answer> {
  const { account, push, log } = turn;
  const mayWait = await mayTimeOut(turn);
  const { busy } = account.texts;
  const text = push.message.MsgType === "event" || isKept ? undefined : busy;
  const otherwise = isKept ? "left to the queue" : text === undefined ? "lost" : "busy text";
  const outcome = mayWait ? "left to WeChat's retry" : otherwise;
  log.error("conversation_unreachable", {
    selector: push.type,
    message_key: pushKey(push),
    kept: isKept,
    outcome,
    ...errorFields(error),
  });
  if (mayWait) return { kind: "silence", until: arrived + SILENT_UNTIL_MS };
  return text === undefined
    ? { kind: "none" }
    : { kind: "reply", reply: { MsgType: "text", Content: text }, route: "text" };
}
