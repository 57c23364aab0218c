/** One request of WeChat's: sent, waited for until the connection is cut, and judged. */
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import type { Credentials } from "./account.ts";
import type { Attempt } from "./exchange.ts";
import { causeOf, type Fault, faultOf } from "./faults.ts";
import { type Answer, judgeAnswer, readAnswer, type ReplyReading } from "./read-reply.ts";
import type { SignedPush, SignedRequest } from "./signed-push.ts";

/** Sends a request and gives back the response: `fetch`, or a Worker's own handler in a test. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** How a request is sent. */
export interface SendingOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** The connection is cut after so many milliseconds. Default 5,000, as WeChat does. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** WeChat cuts the connection after this. */
export const ATTEMPT_TIMEOUT_MS = 5_000;

/** What came back, and when. */
export interface Sent {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly answer: Answer | Fault;
}

/** Sends a request as WeChat does: redirects are not followed, and head and body together have five seconds. */
export async function send({ url, init }: SignedRequest, options: SendingOptions): Promise<Sent> {
  const { fetch: fetching = fetch, timeoutMs = ATTEMPT_TIMEOUT_MS, now = Date.now } = options;
  const cut = new AbortController();
  const startedAt = now();
  const timer: { id: ReturnType<typeof setTimeout> | null } = { id: null };
  const late = new Promise<Fault>((resolve) => {
    timer.id = setTimeout(() => {
      resolve(faultOf("timeout", timeoutMs));
      cut.abort();
    }, timeoutMs);
  });
  // Not WeChat's: so that the answer is reported as it went over the wire.
  const headers = { ...init.headers, "Accept-Encoding": "identity" };
  const request = new Request(url, { ...init, headers, redirect: "manual", signal: cut.signal });
  const answering = Promise.resolve()
    .then(() => fetching(request))
    .then(readAnswer)
    .catch((error: unknown) => faultOf("connection_failed", causeOf(error)));
  const answer = await Promise.race([answering, late]);
  if (timer.id !== null) clearTimeout(timer.id);
  // A body that was given up for its size is still on its way.
  if ("reason" in answer) cut.abort();
  return { startedAt, durationMs: now() - startedAt, answer };
}

/** One attempt at a push, and what WeChat makes of it. */
export async function attemptPush(
  number: number,
  signed: SignedPush,
  push: PushEnvelope,
  options: SendingOptions & Credentials,
): Promise<{ readonly attempt: Attempt; readonly reading: ReplyReading }> {
  const { startedAt, durationMs, answer } = await send(signed, options);
  const { url, init, plain } = signed;
  const request = { url, headers: init.headers, body: init.body, plain };
  if ("reason" in answer) {
    return {
      attempt: { number, startedAt, durationMs, request, ...answer },
      reading: { kind: "abnormal", ...answer },
    };
  }
  const reading = await judgeAnswer(answer, push, options);
  const opened = reading.kind === "silence" || reading.plain === undefined ? {} : { plain: reading.plain };
  return {
    attempt: {
      number,
      startedAt,
      durationMs,
      request,
      response: { ...answer, ...opened },
      ...remarkOf(reading),
    },
    reading,
  };
}

function remarkOf(reading: ReplyReading): Pick<Attempt, "fault" | "reason"> {
  if (reading.kind === "abnormal") return { fault: reading.fault, reason: reading.reason };
  return reading.kind === "reply" && reading.warning !== undefined ? { fault: reading.warning } : {};
}
