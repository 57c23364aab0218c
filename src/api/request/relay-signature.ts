/**
 * Signatures of requests to our relay (relay/README.md): `Authorization: WER1 <timestamp>.<nonce>.<hex>`, an
 * HMAC-SHA256 over `method\nhost\npath?query\ntimestamp\nnonce\nbodyDigest`. The digest is the body's SHA-256, or
 * `stream` for a body that is not known beforehand.
 */
import { toHex } from "../../protocol/bytes.ts";

const SCHEME = "WER1";
const NONCE_BYTES = 16;
/** Stands for the digest of a body that is sent while it is made. */
export const STREAMED_BODY = "stream";

const encoder = new TextEncoder();

/** What is signed. `target` is path and query; `body` is `undefined` for a streamed one. */
export interface RelayRequest {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** The headers of a request to the relay. */
export async function relayHeaders(
  secret: string,
  { method, host, target, body }: RelayRequest,
  nowMs: number,
): Promise<Record<string, string>> {
  const timestamp = Math.floor(nowMs / 1000);
  const nonce = toHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  const digest = body === undefined ? STREAMED_BODY : await sha256(body);
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const text = [method, host, target, timestamp, nonce, digest].join("\n");
  const mac = toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
  return {
    "X-Relay-Host": host,
    Authorization: `${SCHEME} ${timestamp}.${nonce}.${mac}`,
    ...(body === undefined ? { "X-Relay-Body": STREAMED_BODY } : {}),
  };
}

async function sha256(body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
