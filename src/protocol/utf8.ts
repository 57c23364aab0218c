/** Text as UTF-8: WeChat's limits count its bytes, and its envelopes are built of them. */

const encoder = new TextEncoder();

/** Bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/**
 * The longest beginning of `text` that has at most `maxBytes` bytes of UTF-8 and ends between two characters.
 */
export function cutUtf8(text: string, maxBytes: number): string {
  let bytes = 0;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) return text.slice(0, i);
    i += code < 0x10000 ? 1 : 2;
  }
  return text;
}

/**
 * Writes `text` as UTF-8 from `offset` on; there must be room. Short texts are nearly always ASCII: writing those here
 * saves a crossing into the runtime.
 *
 * @returns how many bytes were written
 */
export function writeUtf8(text: string, into: Uint8Array, offset: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encoder.encodeInto(text, into.subarray(offset)).written;
    into[offset + i] = code;
  }
  return text.length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
