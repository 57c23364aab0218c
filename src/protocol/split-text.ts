/** Long texts in parts that WeChat takes. */
import { MAX_TEXT_BYTES } from "./replies.ts";
import { cutAt, lastSentenceEnd, LOOKAHEAD } from "./text-cut.ts";
import { cutUtf8, utf8Length } from "./utf8.ts";

/** In fewer bytes than these, not every character has room. */
const MIN_PART_BYTES = 4;

/**
 * The text in parts of at most `maxBytes` bytes of UTF-8 each, in order. A part ends with a paragraph, else a line, a
 * sentence, a clause or a word, else between two characters as a reader sees them; no entity and no `<a>` is torn that
 * has room in one part. Lost is only the white space at a cut, and of that not the indentation of a line.
 *
 * @param partBytes a part that others follow has no more than this: room for a word that there is more
 * @throws {RangeError} when `maxBytes` is less than 4
 * @see https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
 */
export function splitText(text: string, maxBytes = MAX_TEXT_BYTES, partBytes = maxBytes): string[] {
  if (text.length * 3 <= maxBytes) return [text];
  const splitter = new TextSplitter(maxBytes, partBytes);
  const parts = [...splitter.push(text), ...splitter.end()];
  return parts.length > 0 ? parts : [""];
}

/** The white space at the beginning of `text` that was lost before `part`, the next part of it. */
export function lostBefore(text: string, part: string): string {
  return text.slice(0, Math.max(0, text.search(/\S/) - part.search(/\S/)));
}

/**
 * Splits a text that is still being written. However it is cut into pieces, the parts are those of `splitText`.
 *
 * @example
 * const splitter = new TextSplitter();
 * for await (const piece of answer) for (const part of splitter.push(piece)) await ctx.reply(part);
 * for (const part of splitter.end()) await ctx.reply(part);
 */
export class TextSplitter {
  readonly #maxBytes: number;
  readonly #partBytes: number;
  #pending = "";
  /** Whether white space at the beginning of `#pending` is that of a cut. */
  #afterCut = false;

  /** @throws {RangeError} when a part may have less than 4 bytes */
  constructor(maxBytes = MAX_TEXT_BYTES, partBytes = maxBytes) {
    const least = Math.min(maxBytes, partBytes);
    if (!(least >= MIN_PART_BYTES)) {
      throw new RangeError(
        `A part of ${least} bytes has no room for every character: ${MIN_PART_BYTES} at least.`,
      );
    }
    this.#maxBytes = maxBytes;
    this.#partBytes = least;
  }

  /** What was pushed and is in no part yet. */
  get pending(): string {
    return this.#pending;
  }

  /** Takes the next piece; gives the parts that are full. */
  push(text: string): string[] {
    this.#pending += text;
    return this.#fullParts(LOOKAHEAD);
  }

  /** What is worth sending now: all up to the end of the last sentence, line or paragraph that has ended. */
  flush(): string | undefined {
    if (!this.#atText(0)) return undefined;
    const ended = lastSentenceEnd(this.#pending);
    const isLong = utf8Length(this.#pending.slice(0, ended)) > this.#partBytes;
    const end = isLong ? cutAt(this.#pending, this.#partBytes) : ended;
    return this.#pending.slice(0, end).trim() === "" ? undefined : this.#take(end);
  }

  /** The text is over: the rest of it. */
  end(): string[] {
    const parts = this.#fullParts(0);
    const rest = this.#pending;
    if (rest !== "" && this.#atText(0)) parts.push(rest);
    this.#pending = "";
    this.#afterCut = false;
    return parts;
  }

  #fullParts(lookahead: number): string[] {
    const parts: string[] = [];
    while (this.#atText(lookahead) && this.#isFull(lookahead)) {
      const part = this.#take(cutAt(this.#pending, this.#partBytes));
      if (part !== "") parts.push(part);
    }
    return parts;
  }

  #isFull(lookahead: number): boolean {
    const { length } = this.#pending;
    if (length * 3 <= this.#maxBytes) return false;
    const seen = length - lookahead;
    // A character is at most three bytes a unit: most pieces of a stream are too few, which is seen without counting.
    if (seen * 3 <= this.#maxBytes) return false;
    if (lookahead === 0) return utf8Length(this.#pending) > this.#maxBytes;
    return cutUtf8(this.#pending, this.#maxBytes).length < seen;
  }

  #take(length: number): string {
    const part = this.#pending.slice(0, length).trimEnd();
    this.#pending = this.#pending.slice(part.length);
    this.#afterCut = true;
    return part;
  }

  /** Drops the white space of a cut; whether text follows, of which `more` units have to be there. */
  #atText(more: number): boolean {
    if (!this.#afterCut) return true;
    const text = this.#pending.search(/\S/);
    if (text < 0) {
      // Only its last line can become the indentation of what follows.
      this.#pending = this.#pending.slice(Math.max(this.#pending.lastIndexOf("\n"), 0));
      return false;
    }
    if (this.#pending.length - text < Math.min(more, 2)) return false;
    const line = this.#pending.lastIndexOf("\n", text) + 1;
    // An accent on a blank belongs to the blank.
    const accent = /^[\p{M}\u200d]/u.test(this.#pending.slice(text));
    this.#pending = this.#pending.slice(line > 0 ? line : accent ? Math.max(text - 1, 0) : text);
    this.#afterCut = false;
    return true;
  }
}
