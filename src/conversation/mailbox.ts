/** Answers that wait for the user's next message, which is answered with them. */
import { MAX_TEXT_BYTES, type Reply } from "../protocol/replies.ts";
import { utf8Length } from "../protocol/utf8.ts";
import type { Ledger } from "./ledger.ts";
import { passiveReply, type ReplyRecord, type TurnRecord } from "./turn.ts";

/** Says nothing but: give me what is there. It reaches no handler while something waits. */
export const COLLECT_WORD = "继续";
const BETWEEN = "\n\n";

/** What a message is answered with. */
export interface Collected {
  readonly reply: Reply;
  /** Whether the message's own answer is part of it. */
  readonly hasOwn: boolean;
  /** What it was made of. */
  readonly records: readonly { readonly turn: TurnRecord; readonly record: ReplyRecord }[];
}

/**
 * What waits and fits one answer, the oldest first: texts together up to 2,048 bytes, or one reply of another kind.
 * Changes nothing.
 *
 * @param by the turn that collects: what was boxed after its own push waits for the next one
 * @returns `undefined` when nothing waits
 */
export function collect(ledger: Ledger, by: TurnRecord): Collected | undefined {
  const waiting = ledger.replies("boxed").filter(({ turn }) => turn.seq < by.seq);
  const [first, ...others] = waiting;
  if (first === undefined) return undefined;
  const { reply } = first.record;
  if (reply.MsgType !== "text") return { reply, hasOwn: false, records: [first] };
  let content = reply.Content;
  const records = [first];
  for (const other of others) {
    const joined = joinedTexts(content, other.record.reply);
    if (joined === undefined) break;
    content = joined;
    records.push(other);
  }
  const own = passiveReply(by)?.reply;
  const whole = own && records.length === waiting.length ? joinedTexts(content, own) : undefined;
  return { reply: { MsgType: "text", Content: whole ?? content }, hasOwn: whole !== undefined, records };
}

function joinedTexts(content: string, reply: Reply): string | undefined {
  const joined = reply.MsgType === "text" ? content + BETWEEN + reply.Content : undefined;
  return joined !== undefined && utf8Length(joined) <= MAX_TEXT_BYTES ? joined : undefined;
}
