/** What a model thinks before it answers, which is not for the user. */

const TAG = /<(\/?)think(?:ing)?>/i;
const TAGS = ["<think>", "</think>", "<thinking>", "</thinking>"];
const LONGEST_TAG = Math.max(...TAGS.map((tag) => tag.length));
const FIRST_TAG = /(?<!`)<(\/?)think(?:ing)?>/i;

/** How a model marks its thoughts. */
export interface ThinkingOptions {
  /**
   * Whether the thoughts come first and without `<think>`: the chat templates of DeepSeek-R1 and Qwen3-Thinking write it
   * into the prompt, so that what a server passes on has only `</think>`.
   *
   * @see https://docs.vllm.ai/en/latest/features/reasoning_outputs/
   * @see https://github.com/deepseek-ai/DeepSeek-R1/issues/526
   */
  readonly openingOmitted?: boolean;
}

/**
 * `text` without its thoughts: from `<think>` or `<thinking>` to the end tag, or to the end of the text when there is
 * none, with the white space that follows. When the first tag is an end tag, the other stood in the prompt, and all
 * before it is thought. A tag behind a back-tick is spoken of, and stays.
 */
export function withoutThinking(text: string): string {
  const filter = new ThinkingFilter({ openingOmitted: FIRST_TAG.exec(text)?.[1] === "/" });
  return filter.push(text) + filter.end();
}

/**
 * Takes the thoughts out of a text that is still being written, as `withoutThinking` does, wherever it is cut into
 * pieces. What was given cannot be taken back: that a model omits the opening tag has to be said (`openingOmitted`).
 * Then nothing is given before the end tag, and a model that has not thought at all is given whole at the end. When it
 * is not said, an end tag that ends nothing is left out, and what was before it stays.
 */
export class ThinkingFilter {
  /** What could become a tag when more comes. */
  #pending = "";
  /** The character before it. */
  #before = "";
  #thinking: boolean;
  /** Thoughts that are the answer after all if no end tag comes. */
  #doubtful: string | undefined;
  /** White space before the first word: it goes when thoughts follow. */
  #lead: string | undefined = "";
  #afterTag = false;

  constructor({ openingOmitted = false }: ThinkingOptions = {}) {
    this.#thinking = openingOmitted;
    this.#doubtful = openingOmitted ? "" : undefined;
  }

  /** Takes the next piece, gives what is certain to be for the user. */
  push(text: string): string {
    this.#pending += text;
    let out = "";
    for (let tag = TAG.exec(this.#pending); tag; tag = TAG.exec(this.#pending)) {
      const quoted = (tag.index === 0 ? this.#before : this.#pending[tag.index - 1]) === "`";
      out += this.#read(quoted ? tag.index + tag[0].length : tag.index);
      if (quoted) continue;
      out += tag[1] === "" ? this.#opened() : this.#closed();
      this.#skip(tag[0].length);
    }
    return out + this.#read(this.#pending.length - unfinishedTag(this.#pending));
  }

  /** The text is over: gives the rest of it. */
  end(): string {
    let out = this.#read(this.#pending.length);
    if (this.#doubtful !== undefined) out = this.#answerAfterAll();
    const lead = this.#lead ?? "";
    this.#lead = undefined;
    return lead + out;
  }

  #opened(): string {
    // Words before it cannot have been thoughts.
    const out = this.#doubtful?.trim() ? this.#answerAfterAll() : "";
    this.#doubtful = undefined;
    this.#thinking = true;
    return out;
  }

  #closed(): string {
    this.#afterTag ||= this.#thinking;
    if (this.#thinking) this.#lead = "";
    this.#thinking = false;
    this.#doubtful = undefined;
    return "";
  }

  #answerAfterAll(): string {
    const text = this.#doubtful ?? "";
    this.#doubtful = undefined;
    this.#thinking = false;
    return this.#shown(text);
  }

  /** Takes text that holds no tag. */
  #read(length: number): string {
    const text = this.#skip(length);
    if (!this.#thinking) return this.#shown(text);
    if (this.#doubtful !== undefined) this.#doubtful += text;
    return "";
  }

  #skip(length: number): string {
    const text = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    this.#before = text.at(-1) ?? this.#before;
    return text;
  }

  #shown(text: string): string {
    const words = this.#afterTag ? text.trimStart() : (this.#lead ?? "") + text;
    if (words.trim() === "" && (this.#afterTag || this.#lead !== undefined)) {
      if (!this.#afterTag) this.#lead = words;
      return "";
    }
    this.#lead = undefined;
    this.#afterTag = false;
    return words;
  }
}

/** How much of the end of `text` could be the beginning of a tag. */
function unfinishedTag(text: string): number {
  for (let length = Math.min(LONGEST_TAG, text.length); length > 0; length--) {
    const end = text.slice(-length).toLowerCase();
    if (TAGS.some((tag) => tag.startsWith(end))) return length;
  }
  return 0;
}
