/** From an HTTP request to what verification works with: each query parameter once, and a body of bounded size. */
import { Failure } from "../protocol/failures.ts";
import { utf8Length } from "../protocol/utf8.ts";

const TIMESTAMP = /^[1-9][0-9]{9}$/;
const NONCE = /^[\x21-\x7E]{1,128}$/;
const SIGNATURE = /^[0-9a-f]{40}$/;

/** The query parameters of a callback by name. */
export type Query = ReadonlyMap<string, string>;

/**
 * Splits the query by hand: a parameter that comes twice is refused, where `URLSearchParams` would pick one of them.
 * `+` stays `+`: form decoding would break Base64 values.
 */
export function readQuery(url: string): Query | Failure {
  const query = new Map<string, string>();
  const start = url.indexOf("?");
  if (start < 0) return query;
  const end = url.indexOf("#", start);
  for (const pair of url.slice(start + 1, end < 0 ? undefined : end).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? "" : percentDecoded(pair.slice(equals + 1));
    if (value === undefined)
      return new Failure("parameter_malformed", "a parameter is not percent-encoded UTF-8");
    if (query.has(name)) return new Failure("parameter_malformed", "a parameter came twice");
    query.set(name, value);
  }
  return query;
}

function percentDecoded(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What signs a request. `msgSignature` is there where the account's mode asks for it. */
export interface Stamp {
  readonly signature: string;
  readonly msgSignature: string;
  readonly timestamp: string;
  readonly nonce: string;
}

/**
 * Takes the signing parameters out of the query, strictly: the digest has no separators, so only the format keeps
 * characters from moving between nonce and timestamp.
 */
export function readStamp(query: Query, needsMsgSignature: boolean): Stamp | Failure {
  const timestamp = query.get("timestamp") ?? "";
  const nonce = query.get("nonce") ?? "";
  const signature = query.get("signature") ?? "";
  const msgSignature = query.get("msg_signature") ?? "";
  if (!TIMESTAMP.test(timestamp))
    return new Failure("parameter_malformed", "timestamp is missing or not ten digits");
  if (!NONCE.test(nonce))
    return new Failure("parameter_malformed", "nonce is missing or not 1 to 128 printable characters");
  if (!SIGNATURE.test(signature))
    return new Failure("parameter_malformed", "signature is missing or not 40 hexadecimal digits");
  if (needsMsgSignature && !SIGNATURE.test(msgSignature)) {
    return new Failure(
      "parameter_malformed",
      "msg_signature is missing or malformed: pushes to this account must be encrypted (is the console set to plain mode?)",
    );
  }
  return { signature, msgSignature, timestamp, nonce };
}

/**
 * Reads a body of at most `maxBytes` bytes of UTF-8.
 *
 * The runtime holds a body to its `Content-Length`, so one that announces a fitting length is taken in one piece; the
 * others are counted while they are read.
 */
export async function readBody(request: Request, maxBytes: number): Promise<string | Failure> {
  const announced = request.headers.get("content-length");
  if (announced !== null && !(Number(announced) <= maxBytes)) return tooLarge(maxBytes);
  try {
    if (announced === null) return (await readAtMost(request.body, maxBytes)) ?? tooLarge(maxBytes);
    const text = await request.text();
    if (text.length > maxBytes) return tooLarge(maxBytes);
    return isDecoded(text, Number(announced)) ? text : notUtf8();
  } catch {
    return notUtf8();
  }
}

/**
 * The runtime's own decoding is the cheapest, but puts U+FFFD for what is not UTF-8. A real U+FFFD has three bytes; if
 * the lengths differ, something was replaced.
 */
function isDecoded(text: string, bytes: number): boolean {
  return !text.includes("\uFFFD") || utf8Length(text) === bytes;
}

function notUtf8(): Failure {
  return new Failure("body_unreadable", "the body broke off or is not UTF-8");
}

function tooLarge(maxBytes: number): Failure {
  return new Failure("body_too_large", `more than ${maxBytes} bytes`);
}

async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<string | undefined> {
  if (body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const reader = body.getReader();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
