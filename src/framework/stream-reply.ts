/** A reply whose text arrives in pieces: sent in parts, none of them before it is worth a message. */
import { inTime } from "./in-time.ts";
import { MAX_TEXT_BYTES } from "../protocol/replies.ts";
import { lostBefore, TextSplitter } from "../protocol/split-text.ts";

/** How a stream is sent. */
export interface StreamOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** When what is there becomes the answer of the push, however little; unset when that is not possible any more. */
  readonly answerBy: number | undefined;
  /** A part that others follow has no more bytes than this. */
  readonly partBytes: number;
  /**
   * Sends one part; `more`: whether others follow it, `gap`: the white space that was lost before it.
   *
   * @returns into how many messages it went
   */
  readonly send: (content: string, more: boolean, gap: string) => Promise<number>;
}

/** What is to answer the push has to be on its way this long before. */
const MARGIN_MS = 600;

/**
 * Reads the stream to its end and sends its text: whole parts as they are full, the rest at the end, and once what there
 * is when the push must be answered.
 *
 * @returns into how many messages it went
 * @throws what the stream throws, after what had arrived was sent
 */
export async function sendStream(
  stream: AsyncIterable<string>,
  { clock, answerBy, partBytes, send }: StreamOptions,
): Promise<number> {
  const splitter = new TextSplitter(MAX_TEXT_BYTES, partBytes);
  let flushAt = answerBy === undefined ? undefined : answerBy - MARGIN_MS;
  let sent = 0;
  let unsent = "";
  const sendAll = async (parts: readonly string[], isEnd = false): Promise<void> => {
    for (const [index, part] of parts.entries()) {
      const gap = lostBefore(unsent, part);
      unsent = unsent.slice(gap.length + part.length);
      sent += await send(part, !isEnd || index < parts.length - 1, gap);
    }
    if (parts.length > 0) flushAt = undefined;
  };
  const pieces = stream[Symbol.asyncIterator]();
  try {
    for (let next = pieces.next(); ;) {
      const result = flushAt === undefined ? await next : await inTime(next, flushAt - clock());
      if (result === undefined) {
        flushAt = undefined;
        const ready = splitter.flush();
        if (ready !== undefined) await sendAll([ready]);
        continue;
      }
      if (result.done === true) break;
      unsent += result.value;
      await sendAll(splitter.push(result.value));
      next = pieces.next();
    }
  } catch (error) {
    await sendAll(splitter.end(), true);
    throw error;
  }
  await sendAll(splitter.end(), true);
  return sent;
}
