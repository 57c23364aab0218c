/**
 * Answers as they stand on the wire: whole, and in chunks.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 * @see https://api-docs.deepseek.com/guides/reasoning_model
 */
import type { Answer, ToolCall } from "./answer.ts";
import { tokensOf } from "./tokens.ts";

/** What all objects of one answer have in common. */
export interface CompletionHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
}

/** Tokens that an answer cost. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** One piece of a streamed answer. */
export interface Delta {
  readonly role?: "assistant";
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
  readonly refusal?: null;
  readonly images?: readonly object[];
  readonly tool_calls?: readonly object[];
}

const FINGERPRINT = "fp_simulated";

/** What an answer cost. @param promptTokens those of the request */
export function usageOf({ reasoning, content, toolCall }: Answer, promptTokens: number): Usage {
  const called = toolCall === undefined ? 0 : tokensOf(toolCall.arguments).length;
  const completion = reasoning.length + content.length + called;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning.length },
  };
}

/** A whole answer. @param hasChoices whether it stands in it at all */
export function completionOf(
  head: CompletionHead,
  answer: Answer,
  usage: Usage,
  hasChoices: boolean,
): object {
  const { reasoning, content, image, toolCall, finishReason } = answer;
  const message = {
    role: "assistant",
    content: toolCall === undefined ? content.join("") : null,
    ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join("") }),
    refusal: null,
    ...(image === undefined ? {} : { images: [imageIn(image)] }),
    ...(toolCall === undefined ? {} : { tool_calls: [calledIn(toolCall)] }),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishReason };
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: hasChoices ? [choice] : [],
    usage,
    system_fingerprint: FINGERPRINT,
  };
}

function imageIn(url: string): object {
  return { type: "image_url", image_url: { url }, index: 0 };
}

/** A call of a function, whole or at its beginning. */
export function calledIn({ id, name, arguments: text }: ToolCall): object {
  return { id, type: "function", function: { name, arguments: text } };
}

/** What makes the chunks of one stream. */
export class Chunks {
  readonly #head: CompletionHead;
  readonly #includeUsage: boolean;

  /** @param includeUsage as in `stream_options`: then every chunk has `usage`, null until the last one */
  constructor(head: CompletionHead, includeUsage: boolean) {
    this.#head = head;
    this.#includeUsage = includeUsage;
  }

  /** A chunk with a piece of the answer; the last of them has a reason. */
  of(delta: Delta, finishReason: Answer["finishReason"] | null = null): object {
    return this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }], null);
  }

  /** A chunk that has no choices: the one with the usage, or one of a model that says nothing. */
  without(usage: Usage | null): object {
    return this.#chunk([], usage);
  }

  #chunk(choices: readonly object[], usage: Usage | null): object {
    return {
      id: this.#head.id,
      object: "chat.completion.chunk",
      created: this.#head.created,
      model: this.#head.model,
      system_fingerprint: FINGERPRINT,
      choices,
      ...(this.#includeUsage ? { usage } : {}),
    };
  }
}

/** The pieces of an answer in the order in which they come: thoughts, words, a call. */
export function deltasOf(answer: Answer, pieces: (tokens: readonly string[]) => readonly string[]): Delta[] {
  const { reasoning, content, image, toolCall } = answer;
  const hasThoughts = reasoning.length > 0;
  return [
    ...pieces(reasoning).map((text) => ({ content: null, reasoning_content: text })),
    ...pieces(content).map((text) =>
      hasThoughts ? { content: text, reasoning_content: null } : { content: text },
    ),
    ...(image === undefined ? [] : [{ content: "", images: [imageIn(image)] }]),
    ...(toolCall === undefined ? [] : callDeltas(toolCall, pieces)),
  ];
}

function callDeltas(call: ToolCall, pieces: (tokens: readonly string[]) => readonly string[]): Delta[] {
  const begun = { index: 0, ...calledIn({ ...call, arguments: "" }) };
  return [
    { tool_calls: [begun] },
    ...pieces(tokensOf(call.arguments)).map((text) => ({
      tool_calls: [{ index: 0, function: { arguments: text } }],
    })),
  ];
}

/** The delta that begins a stream. */
export function firstDelta({ reasoning, toolCall }: Answer): Delta {
  if (toolCall !== undefined) return { role: "assistant", content: null, refusal: null };
  if (reasoning.length > 0) return { role: "assistant", content: null, reasoning_content: "" };
  return { role: "assistant", content: "", refusal: null };
}
