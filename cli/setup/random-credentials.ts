/** Tokens and EncodingAESKeys that nobody can guess, of the shape that WeChat's console takes. */
import { randomInt } from "node:crypto";

/** In the order of Base64, without `+` and `/`: the console takes letters and digits only. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The console's limit. */
const TOKEN_CHARACTERS = 32;
const KEY_CHARACTERS = 43;
/** 43 characters are 258 bits for 256: of the last one, the two lowest bits belong to no byte and are zero. */
const LAST_OF_KEY = ALPHABET.split("")
  .filter((_, index) => index % 4 === 0)
  .join("");

/** @returns 32 letters and digits */
export function randomToken(): string {
  return randomText(TOKEN_CHARACTERS, ALPHABET);
}

/** @returns 43 letters and digits that strict decoders of Base64 take as well */
export function randomEncodingAesKey(): string {
  return randomText(KEY_CHARACTERS - 1, ALPHABET) + randomText(1, LAST_OF_KEY);
}

function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}
