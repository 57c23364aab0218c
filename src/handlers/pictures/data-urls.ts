/** Pictures that stand in a text as `data:` URLs: megabytes of Base64, which neither markdown nor a memory should carry. */
import { fromBase64 } from "../../protocol/bytes.ts";

const BEGINNING = /data:image\/([a-z0-9.+-]{1,32})(?:;[a-z0-9=.+-]{1,64}){0,3};base64,/i;
/** What may become one when more comes. */
const UNFINISHED = /d(?:a(?:t(?:a(?::[a-z0-9/;=.+-]{0,200})?)?)?)?$/i;
const BODY = /^[A-Za-z0-9+/=]*/;
/** Base64 has four characters for three bytes. */
const CHARACTERS_PER_BYTE = 4 / 3;

/** One picture's Base64 as far as it is there; `undefined` when it is not kept. */
type Kept = string[] | undefined;

/**
 * Takes the pictures out of a text that is still being written, wherever it is cut into pieces. Where one stood, a
 * short address stays: `data:image/png#1`.
 */
export class DataUrls {
  readonly #maxPictures: number;
  /** Characters that are still kept, of all pictures. */
  #room: number;
  /** By the address that stays for it. */
  readonly #kept = new Map<string, Kept>();
  #pending = "";
  /** The picture whose Base64 is being read. */
  #open: string | undefined;

  /**
   * @param maxPictures no more are kept
   * @param maxBytes of all of them together: a picture that is too much is not kept at all
   */
  constructor(maxPictures: number, maxBytes: number) {
    this.#maxPictures = maxPictures;
    this.#room = Math.ceil(maxBytes * CHARACTERS_PER_BYTE);
  }

  /** Takes the next piece, gives the text without pictures. */
  push(text: string): string {
    let rest = this.#pending + text;
    this.#pending = "";
    let out = "";
    while (rest !== "") {
      if (this.#open !== undefined) rest = this.#body(this.#open, rest);
      const found = this.#open === undefined ? BEGINNING.exec(rest) : null;
      if (found === null) break;
      const address = `data:image/${found[1] ?? ""}#${this.#kept.size + 1}`;
      out += rest.slice(0, found.index) + address;
      rest = rest.slice(found.index + found[0].length);
      this.#kept.set(address, this.#kept.size < this.#maxPictures ? [] : undefined);
      this.#open = address;
    }
    this.#pending = UNFINISHED.exec(rest)?.[0] ?? "";
    return out + rest.slice(0, rest.length - this.#pending.length);
  }

  /** The text is over: gives the rest of it. */
  end(): string {
    const rest = this.#pending;
    this.#pending = "";
    this.#open = undefined;
    return rest;
  }

  /**
   * The picture of that address.
   *
   * @returns `undefined` when there is none, or it was too large; empty when it is no Base64
   */
  bytesOf(address: string): Uint8Array<ArrayBuffer> | undefined {
    const kept = this.#kept.get(address);
    return kept === undefined ? undefined : (fromBase64(kept.join("")) ?? new Uint8Array());
  }

  /** Forgets the picture once it is not needed any more. */
  forget(address: string): void {
    if (this.#kept.has(address)) this.#kept.set(address, undefined);
  }

  /** @returns what follows the Base64 */
  #body(address: string, text: string): string {
    const length = BODY.exec(text)?.[0].length ?? 0;
    this.#room -= length;
    if (this.#room < 0) this.#kept.set(address, undefined);
    else this.#kept.get(address)?.push(text.slice(0, length));
    if (length < text.length) this.#open = undefined;
    return text.slice(length);
  }
}
