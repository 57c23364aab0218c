/**
 * AES-256-CBC as WeChat uses it: the first 16 bytes of the key as a fixed IV, PKCS#7 padding to blocks of 32.
 *
 * WebCrypto knows PKCS#7 to 16 only, and its own unpadding refuses every message that WeChat padded by more than
 * that. Instead of an extra encryption per message, 256 ciphertext blocks are prepared per key: `closing[b]`
 * decrypts, before the chaining XOR, to a block that ends in byte `b`. The right one of them, appended to any
 * ciphertext, makes the last byte 0x01: valid padding of one byte, whatever WeChat's own padding was. That one is
 * then checked by hand.
 *
 * @see https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
 */
import { decodeBase64, fromBase64, toBase64 } from "./bytes.ts";
import { scratch } from "./scratch.ts";

const AES_BLOCK_BYTES = 16;
const KEY_BYTES = 32;

/** WeChat pads plaintexts to a multiple of this. */
export const PADDING_BLOCK_BYTES = 32;

/** What a console shows as EncodingAESKey: 43 characters of Base64 without the closing `=`. */
export const ENCODING_AES_KEY_PATTERN = /^[A-Za-z0-9+/]{43}$/;

/** An imported EncodingAESKey, ready for use. Worth keeping: the import costs more than a message. */
export interface AesKey {
  readonly key: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly closing: Uint8Array<ArrayBuffer>;
}

/**
 * Imports an EncodingAESKey.
 *
 * The 43rd character carries two bits that belong to no byte; most real keys have them set, so they are ignored
 * and not refused.
 *
 * @throws {RangeError} when the text does not have the shape of an EncodingAESKey
 */
export async function importAesKey(encodingAesKey: string): Promise<AesKey> {
  if (!ENCODING_AES_KEY_PATTERN.test(encodingAesKey)) {
    throw new RangeError("an EncodingAESKey has 43 characters of A-Z, a-z, 0-9");
  }
  const raw = fromBase64(`${encodingAesKey}=`);
  if (raw?.length !== KEY_BYTES) throw new RangeError("an EncodingAESKey decodes to 32 bytes");
  const [key, counterKey] = await Promise.all([
    crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt", "decrypt"]),
    crypto.subtle.importKey("raw", raw, "AES-CTR", false, ["encrypt"]),
  ]);
  // Block i of a CTR key stream is the encryption of "counter + i": with a counter ending in 00, the 256 blocks wanted.
  const closing = await crypto.subtle.encrypt(
    { name: "AES-CTR", counter: new Uint8Array(AES_BLOCK_BYTES), length: 64 },
    counterKey,
    new Uint8Array(256 * AES_BLOCK_BYTES),
  );
  return { key, iv: raw.slice(0, AES_BLOCK_BYTES), closing: new Uint8Array(closing) };
}

/** Whether the last character of an EncodingAESKey carries bits that belong to no byte: strict decoders refuse it. */
export function hasLooseBits(encodingAesKey: string): boolean {
  const raw = ENCODING_AES_KEY_PATTERN.test(encodingAesKey) ? fromBase64(`${encodingAesKey}=`) : undefined;
  return raw !== undefined && toBase64(raw) !== `${encodingAesKey}=`;
}

/**
 * Decrypts a Base64 ciphertext and removes WeChat's padding.
 *
 * @returns the plaintext bytes, or `undefined` when it is not Base64, has a wrong length or a wrong padding
 */
export async function decrypt(
  { key, iv, closing }: AesKey,
  base64: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Decoded into a buffer that has room for the closing block.
  const buffer = scratch(Math.ceil((base64.length * 3) / 4) + AES_BLOCK_BYTES);
  const length = decodeBase64(base64, buffer) ?? 0;
  if (length < PADDING_BLOCK_BYTES || length % AES_BLOCK_BYTES !== 0) return undefined;
  const block = ((buffer[length - 1] ?? 0) ^ 1) * AES_BLOCK_BYTES;
  for (let i = 0; i < AES_BLOCK_BYTES; i++) buffer[length + i] = closing[block + i] ?? 0;
  const closed = buffer.subarray(0, length + AES_BLOCK_BYTES);
  const padded = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, closed));
  const padding = padded[length - 1] ?? 0;
  let wrong = padding < 1 || padding > PADDING_BLOCK_BYTES ? 1 : 0;
  const from = wrong ? length - 1 : length - padding;
  for (let i = from; i < length; i++) wrong |= (padded[i] ?? 0) ^ padding;
  return wrong === 0 ? padded.subarray(0, from) : undefined;
}

/** How many bytes WeChat's padding adds to a plaintext of `length` bytes: 1 to 32. */
export function paddingFor(length: number): number {
  return PADDING_BLOCK_BYTES - (length % PADDING_BLOCK_BYTES);
}

/** Encrypts a plaintext that is padded already, to Base64. */
export async function encrypt({ key, iv }: AesKey, padded: Uint8Array<ArrayBuffer>): Promise<string> {
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, padded);
  // WebCrypto pads the padded text once more: its last block is ours to drop.
  return toBase64(new Uint8Array(ciphertext, 0, padded.length));
}
