/**
 * A buffer to build the input of one WebCrypto call in. WebCrypto copies its input before it returns, so the same
 * memory serves the next call; a fresh buffer per call would cost the garbage collector more than the cipher costs.
 *
 * @see https://www.w3.org/TR/WebCryptoAPI/ ("get a copy of the bytes")
 */

const SHARED_BYTES = 16_384;
const shared = new Uint8Array(SHARED_BYTES);

/**
 * `length` bytes with whatever was in them before. Hand them to WebCrypto before anything is awaited, and never keep
 * them.
 */
export function scratch(length: number): Uint8Array<ArrayBuffer> {
  return length <= SHARED_BYTES ? shared.subarray(0, length) : new Uint8Array(length);
}
