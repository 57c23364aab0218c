/**
 * Models that Cloudflare runs itself, by the binding `AI`: no key, no second provider, nothing to reach abroad.
 *
 * The binding calls Cloudflare even in local development and cannot run offline: the tests stand in for it with an object
 * that answers as it is documented to.
 *
 * @see https://developers.cloudflare.com/workers-ai/configuration/bindings/
 */
import { toBase64 } from "../../protocol/bytes.ts";
import { type AnswerPatience, deltaOf, memberOf, readAnswer } from "./answer-stream.ts";
import { ModelError, type ModelMessage, type ModelProvider } from "./provider.ts";

/** What is used of the binding: `env.AI` is one. */
export interface AiBinding {
  run(
    model: string,
    inputs: Record<string, unknown>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<unknown>;
}

/** How a model is asked. */
export interface WorkersAiOptions extends AnswerPatience {
  /** The binding: `env.AI`. */
  readonly ai: AiBinding;
  /** From the catalog: `@cf/qwen/qwen3-30b-a3b-fp8`. */
  readonly model: string;
  readonly temperature?: number | undefined;
  /** Tokens of an answer at most. Default 2,048, for Workers AI's own default of 256 ends in mid-sentence. */
  readonly maxTokens?: number | undefined;
  /** More members of the model's input, as its page documents them. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

const MAX_TOKENS = 2_048;
/** WeChat's users send pictures of 10 MB at most; what is larger than this is more than a model looks at. */
const MAX_PICTURE_BYTES = 4_194_304;

/**
 * A model on Workers AI.
 *
 * @example
 * bot.use(llm({ model: (env) => new WorkersAi({ ai: env.AI, model: "@cf/qwen/qwen3-30b-a3b-fp8" }) }));
 */
export class WorkersAi implements ModelProvider {
  readonly #options: WorkersAiOptions;

  constructor(options: WorkersAiOptions) {
    if (typeof memberOf(options.ai, "run") !== "function") {
      throw new TypeError('WorkersAi needs the binding: add [ai] binding = "AI" to wrangler.toml.');
    }
    this.#options = options;
  }

  ask(messages: readonly ModelMessage[], signal: AbortSignal): AsyncGenerator<string> {
    const { firstByteMs, idleMs } = this.#options;
    return readAnswer((watched) => this.#open(messages, watched), textOf, { signal, firstByteMs, idleMs });
  }

  async #open(messages: readonly ModelMessage[], signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { ai, model, temperature, maxTokens = MAX_TOKENS, extra } = this.#options;
    const inputs = {
      messages: await Promise.all(messages.map((message) => wireMessage(message, signal))),
      stream: true,
      max_tokens: maxTokens,
      ...(temperature === undefined ? {} : { temperature }),
      ...extra,
    };
    signal.throwIfAborted();
    const answer = await unlessAborted(running(ai, model, inputs, signal), signal);
    if (isByteStream(answer)) return bytesOf(answer, signal);
    throw new ModelError("model_unreadable", `${model} does not answer as a stream`, {
      isStarted: true,
      hint: "Use a text generation model of the Workers AI catalog that can stream.",
    });
  }
}

async function running(
  ai: AiBinding,
  model: string,
  inputs: Record<string, unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await ai.run(model, inputs, { signal });
  } catch (cause) {
    throw refusal(cause);
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The stream's bytes until the signal: the binding need not look at it once it has answered. */
async function* bytesOf(stream: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // Nobody waits for its end: the answer's is there.
    reader.cancel().catch(() => {});
  }
}

function isByteStream(value: unknown): value is ReadableStream<Uint8Array> {
  return value instanceof ReadableStream;
}

/** Older models answer `{"response": "…"}`, where digits may come as a number; newer ones as OpenAI's do. */
function textOf(chunk: unknown): string {
  const delta = deltaOf(chunk);
  if (delta !== "") return delta;
  const response = memberOf(chunk, "response");
  return typeof response === "string" || typeof response === "number" ? String(response) : "";
}

/** Workers AI takes pictures only as data. */
async function wireMessage({ role, content }: ModelMessage, signal: AbortSignal): Promise<object> {
  if (typeof content === "string") return { role, content };
  const parts = content.map(async (part) =>
    part.type === "text" ? part : { type: "image_url", image_url: { url: await dataUrl(part.url, signal) } },
  );
  return { role, content: await Promise.all(parts) };
}

async function dataUrl(url: string, signal: AbortSignal): Promise<string> {
  if (url.startsWith("data:")) return url;
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new ModelError("model_unreachable", "the user's picture could not be fetched", { cause });
  });
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !type.startsWith("image/")) {
    await response.body?.cancel();
    throw new ModelError("model_refused", `the user's picture came as ${response.status} ${type}`, {
      hint: "The picture's address leads to no picture any more: WeChat keeps it for a while only.",
    });
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? new Blob([]).stream()) {
    bytes += piece.length;
    if (bytes > MAX_PICTURE_BYTES) {
      throw new ModelError("model_refused", `the user's picture has more than ${MAX_PICTURE_BYTES} bytes`, {
        hint: "Smaller pictures are passed on.",
      });
    }
    pieces.push(piece);
  }
  return `data:${type};base64,${toBase64(await new Blob(pieces).bytes())}`;
}

/**
 * The numbers that the binding's errors begin with, and what HTTP says for them. 4006 is not on the page, and means the
 * same as 3036.
 *
 * @see https://developers.cloudflare.com/workers-ai/platform/errors/
 */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  3003: 400, 3006: 413, 3007: 408, 3008: 408, 3023: 403, 3036: 429, 3039: 400, 3040: 429, 3041: 403, 3042: 404,
  4006: 429, 5004: 400, 5005: 405, 5007: 400, 5016: 403, 5018: 403, 5019: 405,
}; // prettier-ignore
const USED_UP: readonly string[] = ["3036", "4006"];
const CODE = /(?:^|\s)(\d{4}):\s/;
const OWN_FAILURES: readonly string[] = ["InferenceUpstreamError", "AiInternalError"];

function refusal(cause: unknown): ModelError {
  const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
  const code = CODE.exec(message)?.[1] ?? "";
  const status = STATUS_OF_CODE[code];
  const said = `Workers AI: ${message}`;
  if (status === 408) return new ModelError("model_stalled", said, { cause, status, isStarted: true });
  if (status === 429) {
    const hint = USED_UP.includes(code)
      ? { hint: "The day's free neurons are used up, until midnight UTC: the Workers Paid plan has more." }
      : {};
    return new ModelError("model_busy", said, { cause, status, ...hint });
  }
  if (status !== undefined) {
    const hint = "Look the model up in the Workers AI catalog: its name, its terms, what it takes.";
    return new ModelError("model_refused", said, { cause, status, hint });
  }
  const isOwn = OWN_FAILURES.includes(name);
  return new ModelError(isOwn ? "model_busy" : "model_unreachable", said, { cause, isStarted: true });
}
