/** A model's answer as server-sent events: one JSON chunk each, `[DONE]` at the end. */
import { createParser } from "eventsource-parser";
import { ModelError } from "./provider.ts";
import { Watch } from "./watch.ts";

/** How long an answer is waited for. */
export interface AnswerPatience {
  /** The first piece has to come within this, in milliseconds. Default 60,000. */
  readonly firstByteMs?: number | undefined;
  /** Every further piece has to come within this, in milliseconds. Default 20,000. */
  readonly idleMs?: number | undefined;
}

/** When an answer is ended. */
export interface AnswerLimits extends AnswerPatience {
  /** Ends the call. */
  readonly signal: AbortSignal;
}

const FIRST_BYTE_MS = 60_000;
const IDLE_MS = 20_000;

/**
 * Makes a call and reads its answer.
 *
 * @param open makes the call; the signal that it is given ends it
 * @param textOf the text that a chunk adds to the answer, empty for none
 * @throws {ModelError} when there is no answer, or it breaks off
 */
export async function* readAnswer(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
  textOf: (chunk: unknown) => string,
  { signal, firstByteMs = FIRST_BYTE_MS, idleMs = IDLE_MS }: AnswerLimits,
): AsyncGenerator<string> {
  const watch = new Watch(signal);
  try {
    watch.within(firstByteMs);
    const answer = new AnswerReader(textOf);
    for await (const bytes of await open(watch.signal)) {
      watch.within(idleMs);
      const text = answer.push(bytes);
      if (text !== "") yield text;
      if (answer.isOver) return;
    }
    answer.end();
  } catch (error) {
    throw watch.explained(error);
  } finally {
    watch.end();
  }
}

/**
 * The text of a chunk as OpenAI's chat interface has it. Pictures, which OpenRouter, LiteLLM and others send beside the
 * text in `images`, or as parts of it, become markdown: a model says them so as well.
 *
 * @see https://openrouter.ai/docs/features/multimodal/image-generation
 * @see https://vercel.com/docs/ai-gateway/sdks-and-apis/openai-chat-completions/image-generation
 */
export function deltaOf(chunk: unknown): string {
  const delta = memberOf(choiceOf(chunk), "delta");
  const content = memberOf(delta, "content");
  const text = typeof content === "string" ? content : partsOf(content).map(partText).join("");
  return text + partsOf(memberOf(delta, "images")).map(partText).join("");
}

function partsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function partText(part: unknown): string {
  const text = memberOf(part, "text");
  const url = memberOf(memberOf(part, "image_url"), "url");
  if (typeof url === "string") return `\n\n![](${url})\n\n`;
  return typeof text === "string" ? text : "";
}

/** A member of what may be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function choiceOf(chunk: unknown): unknown {
  const choices = memberOf(chunk, "choices");
  return Array.isArray(choices) ? choices[0] : undefined;
}

/** Reads the stream of one answer. */
class AnswerReader {
  readonly #textOf: (chunk: unknown) => string;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: ({ data }) => this.#event(data) });
  #text = "";
  #isFinished = false;
  #hasText = false;
  /** Whether the server has said that there is nothing more. */
  isOver = false;

  constructor(textOf: (chunk: unknown) => string) {
    this.#textOf = textOf;
  }

  /** @returns the text that these bytes complete */
  push(bytes: Uint8Array): string {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** The connection has ended without a last word. */
  end(): void {
    if (this.isOver || this.#isFinished) return;
    if (!this.#hasText) throw empty();
    throw new ModelError("model_stalled", "the connection ended in the middle of the answer", {
      isStarted: true,
    });
  }

  #event(data: string): void {
    if (data === "[DONE]") {
      this.isOver = true;
      if (!this.#hasText) throw empty();
      return;
    }
    const chunk = chunkOf(data);
    const error = memberOf(chunk, "error");
    if (error !== undefined && error !== null) {
      throw new ModelError("model_busy", `the model broke off: ${JSON.stringify(error)}`, {
        isStarted: true,
      });
    }
    const text = this.#textOf(chunk);
    this.#text += text;
    if (text !== "") this.#hasText = true;
    if (typeof memberOf(choiceOf(chunk), "finish_reason") === "string") this.#isFinished = true;
  }
}

function empty(): ModelError {
  return new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
}

function chunkOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new ModelError("model_unreadable", "the model's server sent something that is not JSON", {
      cause,
      isStarted: true,
    });
  }
}
