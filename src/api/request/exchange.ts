/** One HTTP request to WeChat's API and its answer: bounded in time and size, never redirected. */
import { ApiUnreachableError, type CallOutcome } from "../../errors.ts";

/** What is sent. A stream can be sent once only. */
export type ExchangeBody = string | Blob | ReadableStream<Uint8Array>;

/** One request. `path` is for messages: the URL holds the access token and appears nowhere. */
export interface ExchangeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ExchangeBody | undefined;
  /** For the head of the answer, and for a body that is read whole. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** An answer whose body has not been read. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The first byte of the body, which stays there. */
  firstByte(): Promise<number | undefined>;
  /** The body as it comes; breaks off when the request's time is over. Instead of `text`. */
  file(): ReadableStream<Uint8Array> | null;
  /** Reads the body whole, as strict UTF-8 of at most `maxBytes`. */
  text(maxBytes: number): Promise<string>;
}

/** The relay's word on what became of a call: it is in every answer that has come by way of it. */
const OUTCOME_HEADER = "X-Relay-Outcome";

/**
 * Sends a request.
 *
 * A connection that fails says nothing about how far the request got: a refused and a cut one look alike to the
 * runtime. So the outcome of a failed call is unknown, unless the relay knows better.
 *
 * @throws {ApiUnreachableError} when there is no answer, or it is not WeChat's
 */
export async function exchange(request: ExchangeRequest): Promise<OpenAnswer> {
  const { method, url, path, headers, body, signal } = request;
  if (signal?.aborted) throw new ApiUnreachableError("api_cancelled", "not-sent", `${path} was cancelled`);
  const time = new RequestTime(request);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: time.signal,
      ...(body === undefined ? {} : { body }),
    });
    if ("X-Relay-Host" in headers) await refuseRelayFailure(response, path);
    let content = response.body;
    return {
      status: response.status,
      headers: response.headers,
      async firstByte() {
        const [head, rest] = content?.tee() ?? [null, null];
        content = rest;
        return firstByteOf(head, time);
      },
      file: () => content?.pipeThrough(time.untilEnd()) ?? null,
      text: (maxBytes) => readText(content, path, maxBytes, time),
    };
  } catch (cause) {
    throw time.failure(cause);
  }
}

/**
 * The time that a request has, head and body together. A timer that is left behind would keep a Durable Object awake,
 * and cost its wall time, so it ends with the request.
 */
class RequestTime {
  readonly #request: ExchangeRequest;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  constructor(request: ExchangeRequest) {
    this.#request = request;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort();
    }, request.timeoutMs);
    request.signal?.addEventListener("abort", this.#cancel);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #cancel = (): void => this.#controller.abort();

  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#cancel);
  }

  /** Lets a body through and ends with it. */
  untilEnd(): TransformStream<Uint8Array, Uint8Array> {
    const end = (): void => this.end();
    const ends = { flush: end, cancel: end };
    return new TransformStream(ends);
  }

  /** Why there is no answer. Ends the time. */
  failure(cause: unknown): ApiUnreachableError {
    this.end();
    if (cause instanceof ApiUnreachableError) return cause;
    const { path, timeoutMs, signal } = this.#request;
    if (this.#isOver) {
      const message = `${path}: no answer within ${timeoutMs} ms`;
      return new ApiUnreachableError("api_timed_out", "unknown", message, { cause });
    }
    return signal?.aborted
      ? new ApiUnreachableError("api_cancelled", "unknown", `${path} was cancelled`, { cause })
      : new ApiUnreachableError("api_unreachable", "unknown", `${path}: the connection failed`, { cause });
  }
}

/** An answer that is not WeChat's: of another shape, too large, half of one. It may have had its effect. */
export function unreadable(
  path: string,
  what: string,
  outcome: CallOutcome = "unknown",
): ApiUnreachableError {
  return new ApiUnreachableError("api_answer_unreadable", outcome, `${path}: ${what}`);
}

/** Answers of the relay's own, and of a proxy before it, lack the outcome `answered`. */
async function refuseRelayFailure({ status, headers, body }: Response, path: string): Promise<void> {
  const outcome = headers.get(OUTCOME_HEADER);
  if (outcome === "answered") return;
  await body?.cancel();
  if (outcome === "not-sent" || outcome === "unknown") {
    throw new ApiUnreachableError("api_unreachable", outcome, `${path}: the relay could not reach WeChat`);
  }
  if (status === 403) {
    throw new ApiUnreachableError("api_relay_refused", "not-sent", `${path}: the relay refused the request`);
  }
  throw unreadable(path, `status ${status}, not from WeChat but from the relay or a proxy before it`);
}

async function firstByteOf(
  body: ReadableStream<Uint8Array> | null,
  time: RequestTime,
): Promise<number | undefined> {
  if (body === null) return undefined;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (!done && value.length === 0) continue;
      void reader.cancel(); // not awaited: it may end only with the other half
      return value?.[0];
    }
  } catch (cause) {
    throw time.failure(cause);
  }
}

async function readText(
  body: ReadableStream<Uint8Array> | null,
  path: string,
  maxBytes: number,
  time: RequestTime,
): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw unreadable(path, `the answer has more than ${maxBytes} bytes`);
      text += decoded(decoder, chunk, path);
    }
    text += decoded(decoder, undefined, path);
    time.end();
    return text;
  } catch (cause) {
    throw time.failure(cause);
  }
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined, path: string): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw unreadable(path, "the answer is not UTF-8");
  }
}
