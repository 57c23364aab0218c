/**
 * Models behind OpenAI's chat interface, which nearly all providers speak: DeepSeek, Qwen, Moonshot, Zhipu, vLLM, Ollama.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
import { createParser } from "eventsource-parser";
import { ModelError, type ModelMessage, type ModelProvider } from "./provider.ts";

/** How a model is asked. */
export interface OpenAiChatOptions {
  /** Up to and without `/chat/completions`: `https://api.deepseek.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** More members of the request's body, as the provider documents them. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  /** The first piece has to come within this, in milliseconds. Default 60,000. */
  readonly firstByteMs?: number | undefined;
  /** Every further piece has to come within this, in milliseconds. Default 20,000. */
  readonly idleMs?: number | undefined;
  /** What makes the call: a service binding to a Worker nearer to the model, say. Default: the global `fetch`. */
  readonly fetcher?: { fetch(request: Request): Promise<Response> } | undefined;
}

const FIRST_BYTE_MS = 60_000;
const IDLE_MS = 20_000;
const MAX_ERROR_BODY = 500;
/** OpenAI's and others' word for: not from where you call. */
const REFUSED_REGION = /unsupported_country|country, region|region.{0,20}not supported/i;

/** A model behind OpenAI's chat interface. */
export class OpenAiChat implements ModelProvider {
  readonly #options: OpenAiChatOptions;

  constructor(options: OpenAiChatOptions) {
    this.#options = options;
  }

  async *ask(messages: readonly ModelMessage[], signal: AbortSignal): AsyncGenerator<string> {
    const { firstByteMs = FIRST_BYTE_MS, idleMs = IDLE_MS } = this.#options;
    const watch = new Watch(signal);
    try {
      watch.within(firstByteMs);
      const response = await this.#open(messages, watch.signal);
      const body = response.body ?? new Blob([]).stream();
      const answer = new ChatAnswer();
      for await (const bytes of body) {
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

  async #open(messages: readonly ModelMessage[], signal: AbortSignal): Promise<Response> {
    const { baseUrl, apiKey, model, temperature, maxTokens, extra, fetcher } = this.#options;
    const request = new Request(`${baseUrl.replace(/\/+$/, "")}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        model,
        stream: true,
        messages: messages.map(wireMessage),
        ...(temperature === undefined ? {} : { temperature }),
        ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
        ...extra,
      }),
      signal,
    });
    let response: Response;
    try {
      response = await (fetcher ? fetcher.fetch(request) : fetch(request));
    } catch (cause) {
      throw new ModelError("model_unreachable", `${baseUrl} could not be reached`, {
        cause,
        isStarted: true,
      });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

function wireMessage({ role, content }: ModelMessage): object {
  if (typeof content === "string") return { role, content };
  const parts = content.map((part) =>
    part.type === "text" ? part : { type: "image_url", image_url: { url: part.url } },
  );
  return { role, content: parts };
}

async function refusal(response: Response): Promise<ModelError> {
  const { status, headers } = response;
  const body = (await response.text().catch(() => "")).slice(0, MAX_ERROR_BODY);
  const message = `the model's server answered ${status}: ${errorMessageOf(body)}`;
  if (status === 429 || status >= 500) {
    const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
    return new ModelError("model_busy", message, {
      status,
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    });
  }
  const hint = REFUSED_REGION.test(body)
    ? "The provider refuses the place that the call came from: have it made by a second Worker in a region that it serves (MODEL_WORKER)."
    : undefined;
  return new ModelError("model_refused", message, { status, ...(hint === undefined ? {} : { hint }) });
}

function errorMessageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    const error: unknown = memberOf(parsed, "error") ?? parsed;
    const message = memberOf(error, "message");
    return typeof message === "string" ? message : body;
  } catch {
    return body;
  }
}

/** Reads the stream of one answer. */
class ChatAnswer {
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: ({ data }) => this.#event(data) });
  #text = "";
  #finish: string | undefined;
  #hasText = false;
  /** Whether the server has said that there is nothing more. */
  isOver = false;

  /** @returns the text that these bytes complete */
  push(bytes: Uint8Array): string {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** The connection has ended without a last word. */
  end(): void {
    if (this.isOver || this.#finish !== undefined) return;
    if (!this.#hasText)
      throw new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
    throw new ModelError("model_stalled", "the connection ended in the middle of the answer", {
      isStarted: true,
    });
  }

  #event(data: string): void {
    if (data === "[DONE]") {
      this.isOver = true;
      if (!this.#hasText)
        throw new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
      return;
    }
    const chunk = chunkOf(data);
    const error = memberOf(chunk, "error");
    if (error !== undefined && error !== null) {
      throw new ModelError("model_busy", `the model broke off: ${JSON.stringify(error)}`, {
        isStarted: true,
      });
    }
    const choices = memberOf(chunk, "choices");
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    const content = memberOf(memberOf(choice, "delta"), "content");
    if (typeof content === "string" && content !== "") {
      this.#text += content;
      this.#hasText = true;
    }
    const finish = memberOf(choice, "finish_reason");
    if (typeof finish === "string") this.#finish = finish;
  }
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

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Ends a call that has been silent for too long, or that its caller ends. */
class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  #forget = (): void => {};
  #silentMs: number | undefined;
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    if (outer.aborted) this.#abort();
    else outer.addEventListener("abort", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The next piece has to come within so many milliseconds. */
  within(ms: number): void {
    this.#forget();
    const timer = setTimeout(() => {
      this.#silentMs = ms;
      this.#controller.abort(new DOMException(`the model was silent for ${ms} ms`, "TimeoutError"));
    }, ms);
    this.#forget = () => clearTimeout(timer);
  }

  end(): void {
    this.#forget();
    this.#outer.removeEventListener("abort", this.#abort);
  }

  /** What a failure comes from: our own time-out, the caller's end, or something else. */
  explained(error: unknown): unknown {
    if (this.#silentMs !== undefined) {
      return new ModelError("model_stalled", `the model was silent for ${this.#silentMs} ms`, {
        cause: error,
        isStarted: true,
      });
    }
    if (this.#outer.aborted || error instanceof ModelError) return error;
    return new ModelError("model_stalled", "the answer broke off", { cause: error, isStarted: true });
  }
}
