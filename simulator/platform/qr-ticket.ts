/** Addresses and tickets of QR codes, made as the real ones are. */
import { toBase64 } from "../../src/protocol/bytes.ts";
import { randomText } from "../random-text.ts";

const CODE_CHARACTERS = 20;
/** Where the address's length stands, after bytes that are the same in every ticket but for one. */
const HEAD = [0x81, 0x01, 0x00, 0xf0, 0x3c, 0, 0, 0, 0, 0, 0, 0, 0x01];
const RANDOM_BYTE_AT = 2;
/** After the address: a zero, and two numbers of four bytes that say what they are. */
const TAIL_BYTES = 13;
const CREATED = 0x0204;
const LIFETIME = 0x0304;

/** What a new code's picture says: `http://weixin.qq.com/q/02xGZeVBqMc_E10000w03d`. */
export function newCodeUrl(): string {
  return `http://weixin.qq.com/q/02${randomText(CODE_CHARACTERS)}`;
}

/**
 * A ticket: Base64 of the address, the time and the lifetime, so that it has characters that a URL must escape.
 *
 * @param now milliseconds since the epoch
 * @param expireSeconds 0 for codes that stay
 */
export function ticketOf(url: string, now: number, expireSeconds: number): string {
  const address = new TextEncoder().encode(url);
  const bytes = new Uint8Array(HEAD.length + 1 + address.length + TAIL_BYTES);
  bytes.set(HEAD);
  crypto.getRandomValues(bytes.subarray(RANDOM_BYTE_AT, RANDOM_BYTE_AT + 1));
  bytes[HEAD.length] = address.length + 1;
  bytes.set(address, HEAD.length + 1);
  const tail = new DataView(bytes.buffer, bytes.length - TAIL_BYTES);
  tail.setUint16(1, CREATED);
  tail.setUint32(3, Math.floor(now / 1_000), true);
  tail.setUint16(7, LIFETIME);
  tail.setUint32(9, expireSeconds, true);
  return toBase64(bytes);
}
