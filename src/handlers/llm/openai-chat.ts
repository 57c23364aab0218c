/**
 * Models behind OpenAI's chat interface, which nearly all providers speak: DeepSeek, Qwen, Moonshot, Zhipu, vLLM, Ollama.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
import { type AnswerPatience, deltaOf, memberOf, readAnswer } from "./answer-stream.ts";
import { ModelError, type ModelMessage, type ModelProvider } from "./provider.ts";

/** How a model is asked. */
export interface OpenAiChatOptions extends AnswerPatience {
  /** Up to and without `/chat/completions`: `https://api.deepseek.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** More members of the request's body, as the provider documents them. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  /** What makes the call: a service binding to a Worker nearer to the model, say. Default: the global `fetch`. */
  readonly fetcher?: { fetch(request: Request): Promise<Response> } | undefined;
}

const MAX_ERROR_BODY = 500;
/** OpenAI's and others' word for: not from where you call. */
const REFUSED_REGION = /unsupported_country|country, region|region.{0,20}not supported/i;

/** A model behind OpenAI's chat interface. */
export class OpenAiChat implements ModelProvider {
  readonly #options: OpenAiChatOptions;

  constructor(options: OpenAiChatOptions) {
    this.#options = options;
  }

  ask(messages: readonly ModelMessage[], signal: AbortSignal): AsyncGenerator<string> {
    const { firstByteMs, idleMs } = this.#options;
    const open = async (watched: AbortSignal): Promise<ReadableStream<Uint8Array>> => {
      const { body } = await this.#open(messages, watched);
      return body ?? new Blob([]).stream();
    };
    return readAnswer(open, deltaOf, { signal, firstByteMs, idleMs });
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
