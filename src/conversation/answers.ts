/** What each push is answered with, and which way a late reply takes. Every decision is written down as it is made. */
import { rightsOf } from "../accounts/rights.ts";
import type { PageLink } from "../accounts/page-link.ts";
import { type KnownAccount, type LateReply, moreText } from "../accounts/account.ts";
import { customerMessageOf, SEND_PATH } from "../api/calls/customer-service.ts";
import type { Reply } from "../protocol/replies.ts";
import { utf8Length } from "../protocol/utf8.ts";
import type { TalkHost } from "./host.ts";
import type { Ledger } from "./ledger.ts";
import { LongTexts } from "./long-texts.ts";
import { collect, type Collected, isWritten, type Room, withMore } from "./mailbox.ts";
import { AFTER_ANSWER_MS } from "./outbox.ts";
import { attemptsBy, lateRoute, replyRoute } from "./reply-routes.ts";
import { type JobRecord } from "./deferred/job.ts";
import { newRecord, passiveReply, type ReplyRecord, type TurnAnswer, type TurnRecord } from "./turn.ts";

/** Shown when the answer will wait in the mailbox, unless the account has a text of its own. */
const MAILBOX_HINT = "正在处理，请稍后发送「继续」或任意消息查看回复。";

/** The answers of one conversation. */
export class Answers {
  readonly #host: TalkHost;
  readonly #ledger: Ledger;
  readonly #longTexts: LongTexts;

  constructor(host: TalkHost, ledger: Ledger) {
    this.#host = host;
    this.#ledger = ledger;
    this.#longTexts = new LongTexts(host);
  }

  /** What a push is answered with, from now on and at every repetition: what waits for the user first, then its own. */
  decide(turn: TurnRecord): TurnAnswer {
    if (turn.answer !== undefined) return turn.answer;
    const passive = passiveReply(turn);
    const collected = turn.user === "" ? undefined : collect(this.#ledger, turn, () => this.#room(turn));
    if (collected) {
      turn.answer = this.#collected(turn, passive !== undefined && !collected.hasOwn, collected);
      if (passive && !collected.hasOwn) this.route(turn, passive);
      // The user has spoken: what could not be sent before can be now.
      for (const { record, turn: owner } of collected.left) {
        if (record.state === "boxed") this.route(owner, record);
        if (record.state !== "boxed") this.#ledger.save(owner);
      }
    } else if (passive) {
      const link = this.#link(turn, turn, passive);
      const reply = this.#withMore(turn, passive);
      turn.answer = { kind: "reply", reply, route: turn.held ? "hold" : "passive", ...linked(link) };
    } else turn.answer = { kind: "none" };
    this.#ledger.save(turn);
    return turn.answer;
  }

  /** The answer of a push that collects what waits. Whatever of it is sent later needs no word that there is more. */
  #collected(turn: TurnRecord, ownWaits: boolean, { reply, records, left, hasMore }: Collected): TurnAnswer {
    const last = records.at(-1);
    const link = last && this.#link(turn, last.turn, last.record);
    for (const { record, turn: owner } of records) {
      record.state = "collected";
      this.#ledger.save(owner);
    }
    const waits =
      ownWaits ||
      left.some(({ record }) => record.state === "boxed") ||
      records.some(({ turn: owner }) => isWritten(owner));
    const isCut = hasMore && waits && reply.MsgType === "text" && !this.#canPush(turn);
    const told = isCut
      ? textReply(withMore(reply.Content, this.#moreText(turn), link ? this.#longTexts.linkBytes(turn) : 0))
      : reply;
    return { kind: "reply", reply: told, route: "mailbox", ...linked(link) };
  }

  /** The answer must leave: what there is, or else a text that fits the way that the late answer will take. */
  late(turn: TurnRecord, mayHold: boolean): TurnAnswer | "hold" {
    if (passiveReply(turn) || (turn.user !== "" && collect(this.#ledger, turn, () => NO_ROOM)))
      return this.decide(turn);
    const route = this.#lateRoute(turn, mayHold);
    this.#host.log(turn).info("answer_late", { message_key: turn.key, route, attempt: turn.attempts });
    if (route !== "hold") return this.#acknowledge(turn, route);
    turn.held = true;
    this.#ledger.save(turn);
    return "hold";
  }

  /**
   * Acknowledges a push whose answer others are working on.
   *
   * @returns `undefined`, and nothing is done, when it should rather be waited for: WeChat's retries will be, or nothing
   * can be sent to the user
   */
  acknowledge(turn: TurnRecord): TurnAnswer | undefined {
    return this.#lateRoute(turn, true) === "push" ? this.#acknowledge(turn, "push") : undefined;
  }

  #lateRoute(turn: TurnRecord, mayHold: boolean): LateReply | undefined {
    const account = this.#host.account(turn.account);
    const attempts = Math.max(turn.attempts, attemptsBy(this.#host.clock() - turn.at));
    return account && lateRoute({ ...this.#facts(turn, account), attempts, mayHold });
  }

  #acknowledge(turn: TurnRecord, route: "push" | "mailbox" | undefined): TurnAnswer {
    const { wait, mailbox = MAILBOX_HINT } = this.#host.account(turn.account)?.texts ?? {};
    const text = route === "mailbox" ? mailbox : route === "push" ? wait : undefined;
    turn.answer =
      text === undefined
        ? { kind: "none", ...(route === "push" ? { route } : {}) }
        : { kind: "reply", reply: textReply(text), route: "text" };
    this.#ledger.save(turn);
    return turn.answer;
  }

  /** WeChat has not asked again for an answer that was held for it. */
  missed(turn: TurnRecord): void {
    turn.answer = { kind: "none" };
    const passive = passiveReply(turn);
    if (passive) this.route(turn, passive);
    this.#ledger.save(turn);
  }

  /** A run has failed and replied nothing: a text of the account's, by the way that is open. */
  apologise(turn: TurnRecord, apology: string, job?: JobRecord): void {
    const facts = job === undefined ? {} : { job: job.id };
    this.take(turn, newRecord(job === undefined ? 1 : 0, textReply(apology), facts), job?.waits ?? true);
  }

  /** Takes a reply: it answers its push where that is still open, else it goes another way. */
  take(turn: TurnRecord, record: ReplyRecord, mayAnswer = true): void {
    const isPassive = mayAnswer && turn.answer === undefined && passiveReply(turn) === undefined;
    turn.replies.push(record);
    if (!isPassive) this.route(turn, record);
  }

  /**
   * Finds a way for a reply that the push itself cannot carry any more.
   *
   * @param except a way that has turned out to be closed
   */
  route(turn: TurnRecord, record: ReplyRecord, except?: "push"): void {
    if (this.#longTexts.takes(turn, record)) {
      record.state = "paged";
      return;
    }
    const account = this.#host.account(turn.account);
    const facts = account && this.#facts(turn, account);
    const canPush =
      facts?.canPush === true && except !== "push" && customerMessageOf(record.reply) !== undefined;
    const route = facts && replyRoute({ ...facts, canPush });
    record.notBefore = this.#host.clock() + AFTER_ANSWER_MS;
    record.state = stateOn(route, record.reply);
    if (record.state !== "dropped") return;
    const { MsgType: type } = record.reply;
    this.#host
      .log(turn)
      .warn("reply_dropped", { n: record.n, job: record.job, type, cause: "no way to the user is open" });
  }

  /** Whether the user's next message brings what cannot be sent. */
  isKept({ account }: TurnRecord): boolean {
    return this.#host.account(account)?.lateReplies.includes("mailbox") === true;
  }

  /** The reply with a word that there is more; `undefined` where the user's next message brings nothing. */
  withMore(turn: TurnRecord, { reply, link }: ReplyRecord): Reply | undefined {
    return this.isKept(turn) && reply.MsgType === "text"
      ? textReply(withMore(reply.Content, this.#moreText(turn), link ? this.#longTexts.linkBytes(turn) : 0))
      : undefined;
  }

  /** A reply is the last one that WeChat takes for now: where the account has pages, the rest of its text gets one. */
  linkLast(turn: TurnRecord, record: ReplyRecord): void {
    const { link } = record;
    if (this.#longTexts.link(turn, record) !== link) this.#ledger.save(turn);
  }

  /** The user's next message brings what follows, where nothing can be sent: the user has to know. */
  #withMore(turn: TurnRecord, record: ReplyRecord): Reply {
    const hasMore =
      turn.replies.some(({ state }) => state === "boxed") || (isWritten(turn) && !this.#canPush(turn));
    return (hasMore ? this.withMore(turn, record) : undefined) ?? record.reply;
  }

  /** Where nothing can be sent, a push is answered with the last part of a text that goes out. */
  #link(asked: TurnRecord, owner: TurnRecord, record: ReplyRecord): PageLink | undefined {
    return this.#canPush(asked) ? record.link : this.#longTexts.link(owner, record);
  }

  #room(turn: TurnRecord): Room {
    const more = this.#canPush(turn) ? 0 : utf8Length(this.#moreText(turn));
    return { more, link: this.#longTexts.linkBytes(turn) };
  }

  #moreText(turn: TurnRecord): string {
    return moreText(this.#host.account(turn.account) ?? { texts: {} });
  }

  #canPush(turn: TurnRecord): boolean {
    const account = this.#host.account(turn.account);
    return account !== undefined && replyRoute(this.#facts(turn, account)) === "push";
  }

  #facts(
    { user }: TurnRecord,
    { id, kind, appSecret, lateReplies }: KnownAccount,
  ): { lateReplies: KnownAccount["lateReplies"]; canPush: boolean; hasUser: boolean } {
    const hasUser = user !== "";
    const mayPush = hasUser && appSecret !== undefined && rightsOf(kind).customerService;
    return { lateReplies, hasUser, canPush: mayPush && this.#host.isOpen(id, SEND_PATH) };
  }
}

function stateOn(route: "push" | "mailbox" | undefined, reply: Reply): ReplyRecord["state"] {
  if (route === "push") return "intent";
  // A transfer hands over the message that it answers, and a body of one's own answers that push only.
  const isBoxable = reply.MsgType !== "transfer_customer_service" && reply.MsgType !== "raw";
  return route === "mailbox" && isBoxable ? "boxed" : "dropped";
}

const NO_ROOM: Room = { more: 0, link: 0 };

function linked(link: PageLink | undefined): { readonly link?: PageLink } {
  return link === undefined ? {} : { link };
}

/** A text of the account's own. */
export function textReply(Content: string): Reply {
  return { MsgType: "text", Content };
}
