/** One request as WeChat sends it, and what came back: every byte, no redirect followed, five seconds in all. */
import { ATTEMPT_TIMEOUT_MS } from "../../simulator/attempt.ts";
import { causeOf } from "../../simulator/faults.ts";
import type { SignedRequest } from "../../simulator/signed-push.ts";

/** Far more than any answer of ours; pages of others are read no further. */
const MAX_BYTES = 262_144;

/** An answer. */
export interface KnockAnswer {
  readonly kind: "answer";
  readonly ms: number;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The bytes as text; what is not UTF-8 is replaced. A byte order mark stays. */
  readonly text: string;
}

/** What came of a request. `code`: the system's, `ECONNREFUSED`. */
export type Knocked =
  | KnockAnswer
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "failed"; readonly ms: number; readonly code: string };

/** Sends a request. */
export type Knock = (request: SignedRequest) => Promise<Knocked>;

/**
 * The way by the network. A connection that was closed is tried once more: that may have been chance.
 *
 * @param timeoutMs for head and body together. Default: 5,000, as WeChat waits
 */
export function knockWithin(timeoutMs: number = ATTEMPT_TIMEOUT_MS): Knock {
  return async (request) => {
    const first = await knockOnce(request, timeoutMs);
    return first.kind === "failed" && isClosed(first.code) ? knockOnce(request, timeoutMs) : first;
  };
}

/** Whether that is the code of a connection that was made and then closed. */
export function isClosed(code: string): boolean {
  return code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET";
}

async function knockOnce({ url, init }: SignedRequest, timeoutMs: number): Promise<Knocked> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // Identity: what is compared is what went over the wire.
    const headers = { ...init.headers, "Accept-Encoding": "identity" };
    const response = await fetch(url, { ...init, headers, redirect: "manual", signal });
    const bytes = await readAtMost(response.body);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return {
      kind: "answer",
      ms: elapsed(),
      status: response.status,
      headers: response.headers,
      bytes,
      text,
    };
  } catch (error) {
    if (signal.aborted) return { kind: "timeout", ms: elapsed() };
    return { kind: "failed", ms: elapsed(), code: causeOf(error) };
  }
}

async function readAtMost(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) break;
  }
  return new Uint8Array(Buffer.concat(chunks));
}
