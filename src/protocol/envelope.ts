/**
 * The encrypted envelope: 16 random bytes, the message's length (4 bytes, big-endian), the message, the receive id;
 * all of it AES-encrypted and Base64-encoded as `Encrypt`.
 *
 * @see https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
 */
import { type AesKey, decrypt, encrypt, paddingFor } from "./aes.ts";
import { scratch } from "./scratch.ts";
import { sign } from "./signature.ts";
import { utf8Length, writeUtf8 } from "./utf8.ts";

/** Random bytes in front of each message. */
export const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
/** What stands in front of a message: the random bytes and its length. */
export const HEAD_BYTES = RANDOM_BYTES + LENGTH_BYTES;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** An opened envelope, and the key that opened it: the reply must be sealed with the same one. */
export interface Opened {
  readonly text: string;
  readonly key: AesKey;
}

/**
 * Opens an `Encrypt` text with the first of `keys` that fits.
 *
 * The receive id is the only integrity check behind the AES key (there is no MAC), so it is compared every time.
 *
 * @param receiveId the app id of the account, or what its product puts there
 * @returns `undefined` for every fault alike: Base64, length, padding, receive id or UTF-8
 */
export async function openEnvelope(
  encrypted: string,
  keys: readonly AesKey[],
  receiveId: string,
): Promise<Opened | undefined> {
  for (const key of keys) {
    const plain = await decrypt(key, encrypted);
    const text = plain && messageOf(plain, receiveId);
    if (text !== undefined) return { text, key };
  }
  return undefined;
}

function messageOf(plain: Uint8Array, receiveId: string): string | undefined {
  if (plain.length < HEAD_BYTES) return undefined;
  let length = 0;
  for (let i = RANDOM_BYTES; i < HEAD_BYTES; i++) length = length * 256 + (plain[i] ?? 0);
  const end = HEAD_BYTES + length;
  if (end > plain.length || !endsWith(plain, end, receiveId)) return undefined;
  try {
    return decoder.decode(plain.subarray(HEAD_BYTES, end));
  } catch {
    return undefined;
  }
}

/** Receive ids are ASCII: comparing bytes with characters saves a decoding. */
function endsWith(bytes: Uint8Array, from: number, ascii: string): boolean {
  if (bytes.length - from !== ascii.length) return false;
  for (let i = 0; i < ascii.length; i++) if (bytes[from + i] !== ascii.charCodeAt(i)) return false;
  return true;
}

/** What sealing needs besides the text; all of it chosen by the caller, so that sealing stays a pure function. */
export interface SealOptions {
  readonly key: AesKey;
  readonly token: string;
  readonly receiveId: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly nonce: string;
  /** 16 bytes from a cryptographic source. */
  readonly random: Uint8Array;
}

/** A sealed message: ciphertext and the signature over it. */
export interface Sealed {
  readonly Encrypt: string;
  readonly MsgSignature: string;
  readonly TimeStamp: string;
  readonly Nonce: string;
}

/** Encrypts and signs `text`. */
export async function sealEnvelope(text: string, options: SealOptions): Promise<Sealed> {
  const { key, token, receiveId, timestamp, nonce, random } = options;
  const bytes = utf8Length(text);
  const end = HEAD_BYTES + bytes;
  const length = end + receiveId.length;
  const padding = paddingFor(length);
  const plain = scratch(length + padding);
  for (let i = 0; i < RANDOM_BYTES; i++) plain[i] = random[i] ?? 0;
  for (let i = 0; i < LENGTH_BYTES; i++) plain[RANDOM_BYTES + i] = bytes >>> (24 - 8 * i);
  writeUtf8(text, plain, HEAD_BYTES);
  writeUtf8(receiveId, plain, end);
  plain.fill(padding, length);
  const encrypted = await encrypt(key, plain);
  const signature = await sign(token, timestamp, nonce, encrypted);
  return { Encrypt: encrypted, MsgSignature: signature, TimeStamp: timestamp, Nonce: nonce };
}

/** A sealed reply as WeChat wants it, in the format of the push it answers. */
export function envelopeText(sealed: Sealed, format: "xml" | "json"): string {
  const { Encrypt, MsgSignature, TimeStamp, Nonce } = sealed;
  if (format === "json")
    return JSON.stringify({ Encrypt, MsgSignature, TimeStamp: Number(TimeStamp), Nonce });
  return (
    `<xml><Encrypt><![CDATA[${Encrypt}]]></Encrypt><MsgSignature><![CDATA[${MsgSignature}]]></MsgSignature>` +
    `<TimeStamp>${TimeStamp}</TimeStamp><Nonce><![CDATA[${Nonce}]]></Nonce></xml>`
  );
}
