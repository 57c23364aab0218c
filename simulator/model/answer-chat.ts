/** Answers one chat request as the behaviour says: with a refusal, a stream, a whole answer, or nothing at all. */
import { cutConnection } from "../platform/connection.ts";
import { answerTo } from "./answer.ts";
import type { Behaviour } from "./behaviour.ts";
import { bodyOf } from "./body.ts";
import type { ChatRequest } from "./chat-request.ts";
import { usageOf } from "./completion.ts";
import { eventStream } from "./event-stream.ts";
import type { OpenCall } from "./model-calls.ts";
import { failureOf } from "./model-failure.ts";
import { givenUp, pause } from "./pause.ts";
import { deltasIn, type Play, wholeMs } from "./play.ts";
import { wholeBody, wholeText } from "./whole-body.ts";

/** A request that may be answered. */
export interface ChatTask {
  readonly request: ChatRequest;
  readonly behaviour: Behaviour;
  readonly call: OpenCall;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Where the model is: `http://localhost:8788`. */
  readonly origin: string;
  /** Of the request. */
  readonly signal: AbortSignal;
  /** Cuts the connection; `false` when nobody here can. */
  readonly cut: () => boolean;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const EVENTS = { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache" };
const GATEWAY_PAGE =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n";

/**
 * The response to a request.
 *
 * @throws {ModelFailure} the refusal that was ordered
 * @throws {DOMException} when the client gave up before there was a response
 */
export async function answerChat(task: ChatTask): Promise<Response> {
  const { request, behaviour, call } = task;
  const { fault, error } = behaviour;
  const ordered = fault ?? error;
  if (ordered !== undefined) call.note({ fault: ordered });
  const aborting = abortingWith(task);
  const play = playOf(task, aborting.signal);
  const leadMs = request.stream ? (behaviour.firstByteMs ?? 0) : wholeMs(behaviour, deltasIn(play).length);
  const isAlive = behaviour.keepAliveMs !== undefined;
  await waited(fault === "hang" ? Infinity : isAlive ? 0 : leadMs, aborting.signal);

  if (error !== undefined && (fault !== "error-in-stream" || !request.stream)) {
    throw failureOf(error, behaviour.retryAfterSeconds);
  }
  if (fault === "error-in-stream" && !request.stream) throw failureOf("server_error");
  if (fault === "gateway") return ended(task, new Response(GATEWAY_PAGE, GATEWAY), 502);
  if (fault === "reset" && !isAlive && (behaviour.afterChunks === 0 || !request.stream)) {
    return ended(task, cutConnection(), 0);
  }
  call.note({ status: 200 });
  const rest = isAlive ? leadMs : 0;
  if (request.stream) return new Response(body(task, eventStream(play, rest), aborting), { headers: EVENTS });
  if (!isAlive && !isSpoilt(behaviour)) {
    call.sent(play.usage.completion_tokens);
    call.end("completed");
    return new Response(wholeText(play), { headers: JSON_TYPE });
  }
  return new Response(body(task, wholeBody(play, rest), aborting), { headers: JSON_TYPE });
}

const GATEWAY = { status: 502, headers: { "Content-Type": "text/html; charset=utf-8" } };

function isSpoilt({ fault }: Behaviour): boolean {
  return fault === "stall" || fault === "end" || fault === "malformed";
}

/** What ends the work when the client gives up, whether it says so by the request or by the body. */
function abortingWith({ signal, call }: ChatTask): AbortController {
  const aborting = new AbortController();
  const abort = (): void => {
    call.end("cancelled");
    aborting.abort();
  };
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return aborting;
}

function playOf({ request, behaviour, call, created, origin }: ChatTask, signal: AbortSignal): Play {
  const { id } = call.recorded;
  const answer = answerTo(request, behaviour, { id, origin });
  return {
    head: { id, created, model: request.model },
    answer,
    usage: usageOf(answer, request.promptTokens),
    includeUsage: request.includeUsage,
    behaviour,
    signal,
  };
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
  if (!(await pause(ms, signal))) throw givenUp();
}

function ended({ call }: ChatTask, response: Response, status: number): Response {
  call.note({ status });
  call.end("failed");
  return response;
}

function body(
  { call, cut }: ChatTask,
  pieces: Parameters<typeof bodyOf>[0],
  aborting: AbortController,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return bodyOf(pieces, {
    sent: (tokens) => call.sent(tokens),
    ended: (end) => call.end(end === "reset" ? "failed" : end),
    givenUp() {
      call.end("cancelled");
      aborting.abort();
    },
    cut,
  });
}
