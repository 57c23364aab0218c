/** What a model writes in markdown, as it reads well in a bubble. */
import { Blocks } from "./blocks.ts";
import type { PictureText } from "./inline.ts";

/** A line that begins so is one of a paragraph, unless code or a table is open. */
const TEXT_LINE = /^ {0,3}\p{L}/u;
/** Of a paragraph this long in UTF-16 units, what ends with a sentence is given before the paragraph is over. */
const LONG_PARAGRAPH = 160;
/** A sentence's end that a letter follows: what comes is text, too, and begins no other block. */
const SENTENCE_END = /(?:[。！？…]+["”’」』）)】》]*(?=\s*\p{L})|[.!?]+["'”’」』）)]*(?=\s+\p{L}))/gu;

/**
 * Markdown as text for WeChat, which shows a message as it is and knows nothing but `<a href>`.
 *
 * | markdown                     | text                                                                       |
 * | ---------------------------- | -------------------------------------------------------------------------- |
 * | heading                      | 【heading】                                                                |
 * | bold, italics                | the words; `~~deleted~~` stays so, for without its marks it would be said  |
 * | list, nested list, tasks     | • ◦ ▪, the numbers as written, ☐ ☑; nested by one wide blank               |
 * | table                        | its rows when all are narrow, else `header：cell`, a line each             |
 * | code, in a line or a block   | as it is, without its fences                                               |
 * | quotation                    | ▎before each line                                                          |
 * | link, image                  | `<a href>` for http and https, else the words; a bare address as it is     |
 * | footnote                     | [1]                                                                        |
 * | formula: `$`, `$$`, `\(` `\[` | as it is                                                                   |
 * | HTML                         | formatting tags are dropped, `<br>` is a line end; any other "<" is text   |
 *
 * Line ends, blank lines and what is no markdown stay as they are. "\r\n" becomes "\n".
 */
export function readableText(markdown: string): string {
  const stream = new ReadableTextStream();
  return stream.push(markdown) + stream.end();
}

/**
 * Makes readable text of markdown that is still being written: what `push` and `end` give is, put together, what
 * `readableText` gives for the whole, wherever it is cut into pieces. A block is given when it is over, code line by
 * line, and a long paragraph sentence by sentence.
 *
 * @example
 * const readable = new ReadableTextStream();
 * for await (const piece of answer) yield readable.push(piece);
 * yield readable.end();
 */
export class ReadableTextStream {
  readonly #blocks: Blocks;
  /** The line that is not over, as far as the blocks do not have it. */
  #line = "";
  /** Whether the blocks have the beginning of the line. */
  #lineBegun = false;
  #out = "";
  #written = false;

  /** @param picture says what stands for a picture in a paragraph, in one line; default: its link */
  constructor(picture?: PictureText) {
    this.#blocks = new Blocks((line, continues) => this.#write(line, continues), picture);
  }

  /** Takes the next piece of markdown, gives the next piece of text: often none. */
  push(markdown: string): string {
    const lines = (this.#line + markdown).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      this.#take(line.endsWith("\r") ? line.slice(0, -1) : line);
      this.#lineBegun = false;
    }
    if (this.#lineBegun || (this.#blocks.takesText && TEXT_LINE.test(this.#line))) this.#takeBeginning();
    return this.#taken();
  }

  /** The markdown is over: gives the rest of the text. */
  end(): string {
    this.#take(this.#line);
    this.#line = "";
    this.#lineBegun = false;
    this.#blocks.end();
    return this.#taken();
  }

  #take(line: string): void {
    if (this.#lineBegun) this.#blocks.extend(line);
    else this.#blocks.line(line);
    this.#releaseSentences();
  }

  #takeBeginning(): void {
    // It may be the first half of a line's end.
    const length = this.#line.endsWith("\r") ? this.#line.length - 1 : this.#line.length;
    this.#take(this.#line.slice(0, length));
    this.#line = this.#line.slice(length);
    this.#lineBegun = true;
  }

  #releaseSentences(): void {
    for (;;) {
      const text = this.#blocks.openParagraph;
      if (text === undefined || text.length < LONG_PARAGRAPH) return;
      const end = sentenceEnd(text);
      if (end === undefined) return;
      this.#blocks.release(end);
    }
  }

  #write(line: string, continues: boolean): void {
    this.#out += this.#written && !continues ? `\n${line}` : line;
    this.#written = true;
  }

  #taken(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }
}

/** Where the first sentence ends with which the paragraph is long, and no markup is open. */
function sentenceEnd(text: string): number | undefined {
  for (const match of text.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    if (end >= LONG_PARAGRAPH && isClosed(text.slice(0, end))) return end;
  }
  return undefined;
}

/** Whether nothing is open at the end of the text that could be closed behind it, as far as counting shows. */
function isClosed(text: string): boolean {
  const open = new Set<string>();
  for (const [run] of text.matchAll(/`+|\*+|_+|\$+/g)) if (!open.delete(run)) open.add(run);
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const paired = count(text, "[") === count(text, "]") && count(text, "(") === count(text, ")");
  return open.size === 0 && paired && !line.includes("|") && text.lastIndexOf("<") <= text.lastIndexOf(">");
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
