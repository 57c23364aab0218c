/**
 * `\uXXXX` in a body of JSON. WeChat does not read these escapes as JSON does: menus with them are refused (40033),
 * customer-service messages show them as they stand.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
 */

const ESCAPE = /(?<!\\)((?:\\\\)*)\\u([0-9a-fA-F]{4})/g;

/** Whether a body has such an escape. */
export function hasUnicodeEscapes(body: Uint8Array): boolean {
  return new TextDecoder().decode(body).search(ESCAPE) >= 0;
}

/** The body with every such escape as the six characters that it is written with; unchanged when it is no UTF-8. */
export function withLiteralEscapes(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
    const literal = text.replace(ESCAPE, (_, before: string, hex: string) => `${before}\\\\u${hex}`);
    return Uint8Array.from(new TextEncoder().encode(literal));
  } catch {
    return body;
  }
}
