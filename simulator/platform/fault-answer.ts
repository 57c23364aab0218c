/** Answers as scripted faults leave them. */
import { cutConnection, untilGivenUp } from "./connection.ts";
import { ApiFailure, isJsonObject, numberIn } from "./endpoint.ts";
import type { FaultOrder } from "./scripted-faults.ts";

const OVERSIZED_BYTES = 10_000_000;
const CHUNK_BYTES = 100_000;
const DRIP_INTERVAL_MS = 100;
const HTML = { "Content-Type": "text/html; charset=utf-8" };
const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" };

/**
 * The answer to a call that does not happen.
 *
 * @returns `undefined` when the fault lets the call happen
 * @throws {DOMException} when a call that is never answered is given up
 */
export async function answerInstead(
  { kind, errcode = -1, errmsg, status = 502 }: FaultOrder,
  signal: AbortSignal,
): Promise<Response | ApiFailure | undefined> {
  switch (kind) {
    case "errcode":
      return new ApiFailure(errcode, errmsg);
    case "hang":
      return untilGivenUp(signal);
    case "status":
      return new Response(gatewayPage(status), { status, headers: HTML });
    case "html":
      return new Response(gatewayPage(200), { headers: HTML });
    case "empty":
      return new Response("", { headers: JSON_TYPE });
    case "not-json":
      return new Response("success", { headers: JSON_TYPE });
    case "wrong-shape":
      return new Response("[]", { headers: JSON_TYPE });
    case "oversized":
      return new Response(oversized(), { headers: JSON_TYPE });
    case "reset":
      return cutConnection();
    case "redirect":
      return new Response(null, { status: 302, headers: { Location: "http://redirected.invalid/" } });
    case "truncated":
    case "errcode-text":
    case "drip":
    case "reset-after":
    case "latency":
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** The answer to a call that has happened, spoilt. */
export async function spoil(
  { kind, ms = DRIP_INTERVAL_MS }: FaultOrder,
  answer: Response,
): Promise<Response> {
  if (kind === "reset-after") return cutConnection();
  const { status, headers } = answer;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (kind === "truncated") return new Response(bytes.slice(0, bytes.length / 2), { status, headers });
  if (kind === "errcode-text") return new Response(withErrcodeAsText(bytes), { status, headers });
  if (kind === "drip") return new Response(dripping(bytes, ms), { status, headers });
  return new Response(bytes, { status, headers });
}

function withErrcodeAsText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  try {
    const json: unknown = JSON.parse(text);
    if (!isJsonObject(json)) return text;
    return JSON.stringify({ ...json, errcode: String(numberIn(json, "errcode") ?? 0) });
  } catch {
    return text;
  }
}

function gatewayPage(status: number): string {
  const title = status === 200 ? "Welcome" : `${status} Bad Gateway`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`;
}

function oversized(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode('{"errcode":0,"errmsg":"ok","padding":"'));
    },
    pull(controller) {
      if (sent < OVERSIZED_BYTES) {
        sent += CHUNK_BYTES;
        controller.enqueue(encoder.encode("x".repeat(CHUNK_BYTES)));
        return;
      }
      controller.enqueue(encoder.encode('"}'));
      controller.close();
    },
  });
}

function dripping(bytes: Uint8Array, intervalMs: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => {
        setTimeout(resolve, intervalMs);
      });
      controller.enqueue(bytes.slice(at, at + 1));
      at++;
      if (at >= bytes.length) controller.close();
    },
  });
}
