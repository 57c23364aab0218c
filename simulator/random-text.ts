/** Ids, codes and tokens that look like WeChat's. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Random letters, digits, `-` and `_`. */
export function randomText(characters: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(characters));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
