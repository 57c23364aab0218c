/**
 * WeChat's request signatures: SHA-1 over a few strings, sorted by code unit and joined without separators.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
 */
import { toHex } from "./bytes.ts";
import { scratch } from "./scratch.ts";
import { utf8Length, writeUtf8 } from "./utf8.ts";

/**
 * Signs `parts`: `signature` covers token, timestamp and nonce; `msg_signature` and a reply's `MsgSignature`
 * cover the Base64 ciphertext as well.
 *
 * @returns 40 lower-case hexadecimal digits
 */
export async function sign(...parts: string[]): Promise<string> {
  const text = parts.sort().join("");
  const input = scratch(utf8Length(text));
  writeUtf8(text, input, 0);
  const digest = await crypto.subtle.digest("SHA-1", input);
  return toHex(new Uint8Array(digest));
}

/** Compares two signatures in a time that depends on nothing but their length. */
export function sameSignature(expected: string, given: string): boolean {
  if (expected.length !== given.length) return false;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ given.charCodeAt(i);
  return difference === 0;
}

/**
 * Finds the token that made `signature` over `parts`. Several tokens are tried in order, for rotation.
 *
 * The digest has no separators: characters could move from one part to the next and keep it valid. Callers must
 * have checked the format of timestamp and nonce before.
 *
 * @returns the token, or `undefined` when none of them fits
 */
export async function tokenThatSigned(
  signature: string,
  tokens: readonly string[],
  ...parts: string[]
): Promise<string | undefined> {
  for (const token of tokens) {
    if (sameSignature(await sign(token, ...parts), signature)) return token;
  }
  return undefined;
}
