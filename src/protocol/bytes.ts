/**
 * Base64 and hexadecimal digits. By the standard's own methods, which the Workers runtime has; by hand where a runtime
 * lacks them, for the simulator and the tests run in Node too.
 *
 * @see https://tc39.es/proposal-arraybuffer-base64/
 */

const NATIVE = "setFromBase64" in Uint8Array.prototype && "toHex" in Uint8Array.prototype;
/** More arguments than this at once would not fit the stack. */
const CHUNK_BYTES = 8_192;

/** The bytes of a Base64 text, or `undefined` when it is none. Stray bits in the last character are dropped. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const buffer = new Uint8Array(Math.ceil((text.length * 3) / 4));
  const written = decodeBase64(text, buffer);
  return written === undefined ? undefined : buffer.subarray(0, written);
}

/**
 * Decodes Base64 into `buffer`, which must have room for it.
 *
 * @returns how many bytes were written, or `undefined` when the text is no Base64
 */
export function decodeBase64(text: string, buffer: Uint8Array): number | undefined {
  try {
    if (NATIVE) return buffer.setFromBase64(text).written;
    const binary = atob(text);
    for (let i = 0; i < binary.length; i++) buffer[i] = binary.charCodeAt(i);
    return binary.length;
  } catch {
    return undefined;
  }
}

/** Base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  if (NATIVE) return bytes.toBase64();
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  if (NATIVE) return bytes.toHex();
  let digits = "";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return digits;
}
