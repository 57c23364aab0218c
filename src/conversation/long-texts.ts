/** Texts that are too long for the messages there are: the last part that goes out has a link, the rest is on a page. */
import type { LongTexts as LongTextWay } from "../accounts/account.ts";
import { pageLinkBytes, type PageLink } from "../accounts/page-link.ts";
import { MAX_TEXT_BYTES } from "../protocol/replies.ts";
import { utf8Length } from "../protocol/utf8.ts";
import { errorFields } from "../telemetry/logger.ts";
import { isUnderWay } from "./deferred/job.ts";
import type { TalkHost } from "./host.ts";
import type { ReplyRecord, TurnRecord } from "./turn.ts";

/** The long texts of one conversation. */
export class LongTexts {
  readonly #host: TalkHost;

  constructor(host: TalkHost) {
    this.#host = host;
  }

  /** Bytes that a link takes; 0 where the account has no pages. */
  linkBytes({ account: id }: TurnRecord): number {
    const account = this.#host.account(id);
    return account ? pageLinkBytes(account) : 0;
  }

  /**
   * Puts the text of a reply on a page when more of it waits or is being written, for that reply is the last one that can
   * go out now: its link, and what follows of its text does not wait any more. In memory, but for the page: the turn is
   * saved by whoever calls.
   *
   * @returns `undefined` when there is nothing to link to, or no page could be kept: then the user's next message brings
   * the rest
   */
  link(turn: TurnRecord, record: ReplyRecord): PageLink | undefined {
    if (record.link !== undefined || !this.#hasPages(turn) || !this.#hasRoom(turn, record))
      return record.link;
    const parts = partsOf(turn, record);
    const rest = parts.filter(({ n, state }) => n > record.n && (state === "boxed" || state === "intent"));
    const isOpen = parts.at(-1)?.more === true && isAtWork(turn, record);
    if (rest.length === 0 && !isOpen) return undefined;
    try {
      const text = parts.map(textOf).join("");
      record.link = { account: turn.account, ...this.#host.pages.put(text, isOpen, this.#host.clock()) };
      for (const one of rest) one.state = "paged";
    } catch (error) {
      this.#host.log(turn).warn("page_not_kept", { n: record.n, job: record.job, ...errorFields(error) });
    }
    return record.link;
  }

  /** Whether a new reply goes on with a text that has its page: then it is read there, and nowhere else. */
  takes(turn: TurnRecord, record: ReplyRecord): boolean {
    if (record.part === undefined) return false;
    const { link } = partsOf(turn, record).find((one) => one.n < record.n && one.link !== undefined) ?? {};
    if (link === undefined) return false;
    try {
      return this.#host.pages.append(
        link.id,
        textOf(record),
        record.more === true && isAtWork(turn, record),
        this.#host.clock(),
      );
    } catch (error) {
      this.#host.log(turn).warn("page_not_kept", { n: record.n, job: record.job, ...errorFields(error) });
      return false;
    }
  }

  #hasPages({ account }: TurnRecord): boolean {
    const kind: LongTextWay["kind"] | undefined = this.#host.account(account)?.longTexts.kind;
    return kind === "page";
  }

  /** A transformer may have filled the room that a part is left with. */
  #hasRoom(turn: TurnRecord, { reply }: ReplyRecord): boolean {
    return reply.MsgType === "text" && utf8Length(reply.Content) + this.linkBytes(turn) <= MAX_TEXT_BYTES;
  }
}

/** The replies that are one text with this one, in order. */
function partsOf({ replies }: TurnRecord, { job, n, part }: ReplyRecord): readonly ReplyRecord[] {
  const first = part?.of ?? n;
  return replies.filter((one) => one.job === job && (one.n === first || one.part?.of === first));
}

function textOf({ reply, part }: ReplyRecord): string {
  return reply.MsgType === "text" ? (part?.gap ?? "") + reply.Content : "";
}

/** Whether the run that made a reply can still say more. */
function isAtWork({ state, jobs }: TurnRecord, { job: id }: ReplyRecord): boolean {
  return id === undefined ? state === "running" : jobs.some((job) => job.id === id && isUnderWay(job));
}
