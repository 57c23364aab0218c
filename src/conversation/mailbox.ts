/** Answers that wait for the user's next message, which is answered with them. */
import type { Push } from "../protocol/push.ts";
import { MAX_TEXT_BYTES, type Reply } from "../protocol/replies.ts";
import { utf8Length } from "../protocol/utf8.ts";
import { isUnderWay, type JobRecord } from "./deferred/job.ts";
import type { Ledger } from "./ledger.ts";
import { isAwaited, passiveReply, type ReplyRecord, type TurnRecord } from "./turn.ts";

/** Says nothing but: give me what is there. It reaches no handler while something waits. */
const COLLECT_WORD = "继续";
const BETWEEN = "\n\n";

/** What a message is answered with. */
export interface Collected {
  readonly reply: Reply;
  /** Whether the message's own answer is part of it. */
  readonly hasOwn: boolean;
  /** What it was made of. */
  readonly records: readonly WaitingReply[];
  /** What still waits. */
  readonly left: readonly WaitingReply[];
  /** Whether more waits or is being written: then there is room to say so. */
  readonly hasMore: boolean;
}

/** Bytes that are kept free. */
export interface Room {
  /** Behind a text that more follows. */
  readonly more: number;
  /** Behind a text whose rest is on a page, or may have to be put there. */
  readonly link: number;
}

/** A reply that waits for its user's next message. */
export interface WaitingReply {
  readonly turn: TurnRecord;
  readonly record: ReplyRecord;
}

/**
 * What waits and fits one answer, the oldest first: texts together up to 2,048 bytes, or one reply of another kind.
 * Changes nothing.
 *
 * @param by the turn that collects: what was boxed after its own push waits for the next one
 * @returns `undefined` when nothing waits
 */
export function collect(ledger: Ledger, by: TurnRecord, room: () => Room): Collected | undefined {
  const waiting = ledger.replies("boxed").filter(({ turn }) => turn.seq < by.seq);
  const [first] = waiting;
  if (first === undefined) return undefined;
  const own = passiveReply(by)?.reply;
  const { reply } = first.record;
  if (reply.MsgType !== "text") {
    return { reply, hasOwn: false, records: [first], left: waiting.slice(1), hasMore: false };
  }
  const mayGrow = waiting.some(({ turn }) => isWritten(turn));
  const hasLink = waiting.some(({ record }) => record.link !== undefined);
  const all = texts(waiting, MAX_TEXT_BYTES - (hasLink ? room().link : 0));
  const whole = all.count === waiting.length && !mayGrow ? all.content : undefined;
  const isJoined = own !== undefined && !hasLink;
  const withOwn = whole === undefined || !isJoined ? whole : joined(whole, own, MAX_TEXT_BYTES);
  if (withOwn !== undefined && (isJoined || own === undefined)) {
    return { reply: textOf(withOwn), hasOwn: isJoined, records: waiting, left: [], hasMore: false };
  }
  const { more, link } = room();
  const { content, count } = texts(waiting, MAX_TEXT_BYTES - more - link);
  return {
    reply: textOf(content),
    hasOwn: false,
    records: waiting.slice(0, count),
    left: waiting.slice(count),
    hasMore: true,
  };
}

/** Whether a message says nothing but: give me what is there, and something is or will be. */
export function asksForMore(ledger: Ledger, { message }: Push): boolean {
  return message.Content?.trim() === COLLECT_WORD && (isExpecting(ledger) || isComing(ledger));
}

/** Whether replies are still on their way to the user, or wait: then the user asks for those. */
function isExpecting(ledger: Ledger): boolean {
  return (["boxed", "intent", "sending"] as const).some((state) => ledger.replies(state).length > 0);
}

/** Whether a job is still at work on an answer that its user was told to ask for again. */
function isComing(ledger: Ledger): boolean {
  return ledger
    .unfinished()
    .some(
      (turn) =>
        isWritten(turn) ||
        (turn.answer !== undefined &&
          turn.jobs.some((job) => job.waits && isUnderWay(job) && !isOnPage(lastOf(turn, job)))),
    );
}

/** Whether a push may soon have an answer: by its own run or jobs, or because it asks for what is being written. */
export function mayStillCome(ledger: Ledger, turn: TurnRecord): boolean {
  return isAwaited(turn) || (turn.collects === true && !isExpecting(ledger) && isComing(ledger));
}

/**
 * A text that says that there is more, where that fits.
 *
 * @param linkBytes what has to fit besides
 */
export function withMore(content: string, more: string, linkBytes = 0): string {
  const whole = content + more;
  return utf8Length(whole) + linkBytes <= MAX_TEXT_BYTES ? whole : content;
}

/** Whether a job has begun an answer to that push, and is certain to say more, that is not read on a page. */
export function isWritten(turn: TurnRecord): boolean {
  return turn.jobs.some((job) => {
    const last = lastOf(turn, job);
    return job.waits && isUnderWay(job) && last?.more === true && !isOnPage(last);
  });
}

/** What a job has said last. */
function lastOf({ replies }: TurnRecord, { id }: JobRecord): ReplyRecord | undefined {
  return replies.findLast((record) => record.job === id);
}

/** Whether what follows a reply is read on a page. */
function isOnPage(record: ReplyRecord | undefined): boolean {
  return record?.more === true && (record.link !== undefined || record.state === "paged");
}

/** As many texts as fit, at least one. A link stands behind the last of them. */
function texts(waiting: readonly WaitingReply[], maxBytes: number): { content: string; count: number } {
  let content: string | undefined;
  let count = 0;
  for (const { record } of waiting) {
    const next: string | undefined =
      content === undefined
        ? record.reply.MsgType === "text"
          ? record.reply.Content
          : undefined
        : joined(content, record.reply, maxBytes);
    if (next === undefined) break;
    content = next;
    count++;
    if (record.link !== undefined) break;
  }
  return { content: content ?? "", count };
}

function joined(content: string, reply: Reply, maxBytes: number): string | undefined {
  const whole = reply.MsgType === "text" ? content + BETWEEN + reply.Content : undefined;
  return whole !== undefined && utf8Length(whole) <= maxBytes ? whole : undefined;
}

function textOf(Content: string): Reply {
  return { MsgType: "text", Content };
}
