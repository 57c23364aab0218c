/**
 * Late replies on their way by the customer-service API. Each is written down before it is sent and marked after:
 * `intent → sending → sent | failed | unknown`. What nobody can tell the outcome of is never sent again by itself, for
 * WeChat would show it twice.
 */
import { customerMessageOf } from "../api/calls/customer-service.ts";
import type { WechatApi } from "../api/client.ts";
import { BREAKER_PAUSE_MS } from "../api/request/breaker.ts";
import { ApiError, ApiUnreachableError } from "../errors.ts";
import { errorFields, type Logger } from "../telemetry/logger.ts";
import type { Reply } from "../protocol/replies.ts";
import type { TalkHost } from "./host.ts";
import type { Ledger } from "./ledger.ts";
import { isWritten } from "./mailbox.ts";
import type { ReplyRecord, TurnRecord } from "./turn.ts";

/** What sending needs of the conversation. */
export interface OutboxHost {
  readonly ledger: Ledger;
  readonly clock: () => number;
  api(turn: TurnRecord): WechatApi;
  log(turn: TurnRecord): Logger;
  readonly answers: OutboxAnswers;
  readonly object: Pick<TalkHost, "waitUntil" | "schedule" | "withLink">;
}

/** What is known of how a reply goes on. */
export interface OutboxAnswers {
  /** Finds another way for a reply that cannot be sent; sets its state. */
  route(turn: TurnRecord, record: ReplyRecord, except: "push"): void;
  /** Whether the user's next message brings what cannot be sent. */
  isKept(turn: TurnRecord): boolean;
  /** The reply with a word that there is more, for which the user has to say something; unset where that brings nothing. */
  withMore(turn: TurnRecord, record: ReplyRecord): Reply | undefined;
  /** It is the last one for now: where there are pages, the rest of its text gets one, and does not wait any more. */
  linkLast(turn: TurnRecord, record: ReplyRecord): void;
}

/** The passive answer has to be on the user's screen before what follows it. */
export const AFTER_ANSWER_MS = 400;
/** While it is not known whether the last message for now is the last of all, it is looked again after this. */
const LOOK_AGAIN_MS = 1_000;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 600_000;
const JITTER = 0.2;

/** Sends what is due, one message after the other. */
export class Outbox {
  readonly #host: OutboxHost;
  #isBusy = false;
  /** The push after which WeChat has said that it takes no more. */
  #closedAfter: TurnRecord | undefined;

  constructor(host: OutboxHost) {
    this.#host = host;
  }

  /** What was being sent when the object died: nobody knows whether it arrived. */
  adopt(): void {
    for (const { turn, record } of this.#host.ledger.replies("sending")) {
      record.state = "unknown";
      this.#host.ledger.save(turn);
      this.#host.log(turn).warn("reply_unknown", {
        n: record.n,
        job: record.job,
        cause: "the object died while it was sending",
      });
    }
  }

  /** When the next one is due; `undefined` when nothing waits or all of it is being sent. */
  get dueAt(): number | undefined {
    const [first] = this.#waiting();
    return this.#isBusy ? undefined : first?.record.notBefore;
  }

  /** Sends what is due. Ends at the first that has to wait, so that order is kept. */
  async drain(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#waiting()[0]; next !== undefined; next = this.#waiting()[0]) {
        const { turn, record } = next;
        if (record.notBefore > this.#host.clock()) return;
        const isClosed = this.#isClosed();
        if (!isClosed && this.#host.ledger.allowance <= 1) this.#host.answers.linkLast(turn, record);
        if (isClosed) this.#rerouteAll();
        else if (this.#isLastOfMore(turn)) {
          record.notBefore = this.#host.clock() + LOOK_AGAIN_MS;
          return;
        } else await this.#send(turn, record);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  /** Sends what is due at once or right after the answer; the rest is the alarm's business. */
  drainSoon(): void {
    const { dueAt } = this;
    const waitMs = dueAt === undefined ? Infinity : Math.max(0, dueAt - this.#host.clock());
    if (waitMs <= AFTER_ANSWER_MS) this.#host.object.waitUntil(this.#drainAfter(waitMs));
  }

  async #drainAfter(waitMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await this.drain();
    await this.#host.object.schedule();
  }

  /** WeChat takes no more until the user acts again. */
  #isClosed(): boolean {
    return this.#closedAfter !== undefined && this.#closedAfter === this.#host.ledger.inviting;
  }

  /** The last message for now, while a job is still writing: whether there will be more is known soon. */
  #isLastOfMore(turn: TurnRecord): boolean {
    return this.#host.ledger.allowance <= 1 && this.#waiting().length === 1 && isWritten(turn);
  }

  #rerouteAll(): void {
    for (const { turn, record } of this.#waiting()) {
      this.#host.answers.route(turn, record, "push");
      this.#host.ledger.save(turn);
    }
  }

  /** A reply that follows an answer which is not decided yet waits for it. */
  #waiting(): { turn: TurnRecord; record: ReplyRecord }[] {
    return this.#host.ledger.replies("intent").filter(({ turn }) => turn.answer !== undefined);
  }

  async #send(turn: TurnRecord, record: ReplyRecord): Promise<void> {
    const { ledger, clock } = this.#host;
    const { inviting } = ledger;
    const hasMore = ledger.allowance <= 1 && this.#waiting().length > 1;
    const reply = (hasMore ? this.#host.answers.withMore(turn, record) : undefined) ?? record.reply;
    record.tries++;
    try {
      const message = customerMessageOf(await this.#host.object.withLink(reply, record.link));
      if (message === undefined) throw new TypeError("a reply that no message can carry");
      const api = this.#host.api(turn);
      // A send whose connection fails is unknown for ever: while WeChat is down, none is begun.
      await api.probe();
      record.state = "sending";
      ledger.save(turn);
      await api.customerService.send(turn.user, message, { repeat: false });
      record.state = "sent";
      record.sentAt = clock();
      ledger.sent(record.sentAt);
    } catch (error) {
      this.#failed(turn, record, error, inviting);
    }
    ledger.save(turn);
  }

  #failed(turn: TurnRecord, record: ReplyRecord, error: unknown, inviting: TurnRecord | undefined): void {
    const log = this.#host.log(turn);
    if (error instanceof ApiError) record.errcode = error.errcode;
    if (mayTryAgain(error) || (isOperators(error) && !this.#host.answers.isKept(turn))) {
      record.state = "intent";
      // While the breaker lets nothing through, nothing is tried: that must not make the pauses longer.
      const isPaused = error instanceof ApiUnreachableError && error.code === "api_paused";
      if (isPaused) record.tries--;
      const pause = isPaused ? BREAKER_PAUSE_MS : pauseAfter(record.tries);
      record.notBefore = this.#host.clock() + spread(pause);
      log.warn("reply_delayed", { n: record.n, job: record.job, tries: record.tries, ...errorFields(error) });
      return;
    }
    if (error instanceof ApiUnreachableError && error.outcome === "unknown") {
      record.state = "unknown";
      log.warn("reply_unknown", { n: record.n, job: record.job, ...errorFields(error) });
      return;
    }
    log.warn("reply_refused", { n: record.n, job: record.job, ...errorFields(error) });
    if (error instanceof ApiError && error.reaction === "window") {
      if (inviting !== this.#host.ledger.inviting) {
        // The user has spoken meanwhile: now it will be taken.
        record.state = "intent";
        return;
      }
      this.#closedAfter = inviting;
    }
    this.#host.answers.route(turn, record, "push");
  }
}

/** Nothing was sent, and it may go better later. */
function mayTryAgain(error: unknown): boolean {
  if (error instanceof ApiUnreachableError) return error.outcome === "not-sent";
  return error instanceof ApiError && (error.reaction === "retry" || error.reaction === "renew_token");
}

/** Somebody must change a setting first: that may take hours, and the user's next message comes sooner. */
function isOperators(error: unknown): boolean {
  return error instanceof ApiError && error.reaction === "operator";
}

function pauseAfter(tries: number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
}

function spread(ms: number): number {
  return Math.round(ms * (1 + JITTER * (2 * Math.random() - 1)));
}
