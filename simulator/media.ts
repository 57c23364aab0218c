/** Pictures that users sent: kept in memory under their media ids, so that a reply by media id shows them again. */
import { fromBase64, toHex } from "../src/protocol/bytes.ts";
import { Recent } from "./recent.ts";

/** A kept picture: its bytes, or the address it was sent by. */
export type Media =
  | { readonly kind: "bytes"; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "address"; readonly url: string };

/** Media id of the picture that the phone sends when no other is given. */
export const SAMPLE_MEDIA = "sample";

const MAX_KEPT = 100;
const MAX_PICTURE_BYTES = 5_000_000;
const DATA_URL = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/;

const SAMPLE_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="360" height="200" viewBox="0 0 360 200">
<rect width="360" height="200" fill="#dceefb"/>
<circle cx="290" cy="52" r="26" fill="#f6c445"/>
<path d="M0 200 110 80l70 76 44-40 136 84z" fill="#4f9d69"/>
<path d="M0 200 80 140l60 60z" fill="#3b7a52"/>
</svg>`;

/** The pictures of one simulator; the oldest are forgotten first. */
export class MediaStore {
  readonly #kept = new Recent<Media>(MAX_KEPT);

  /** The picture of that id. */
  find(id: string): Media | undefined {
    if (id === SAMPLE_MEDIA)
      return {
        kind: "bytes",
        type: "image/svg+xml",
        bytes: Uint8Array.from(new TextEncoder().encode(SAMPLE_SVG)),
      };
    return this.#kept.get(id);
  }

  /** Keeps a picture under `id`, or under a new id. */
  keep(media: Media, id: string = newMediaId()): string {
    this.#kept.keep(id, media);
    return id;
  }
}

/**
 * Reads what a phone sends as a picture: a `data:` URL of a PNG, JPEG, GIF or WebP, or an http(s) address.
 *
 * @returns `undefined` when it is neither, or too large
 */
export function readPicture(source: string): Media | undefined {
  const data = DATA_URL.exec(source);
  if (data) {
    const [, type = "", base64 = ""] = data;
    if (base64.length > (MAX_PICTURE_BYTES * 4) / 3) return undefined;
    const bytes = fromBase64(base64);
    return bytes && { kind: "bytes", type, bytes };
  }
  if (!URL.canParse(source)) return undefined;
  const { protocol, href } = new URL(source);
  return protocol === "http:" || protocol === "https:" ? { kind: "address", url: href } : undefined;
}

/** A media id of the length and alphabet of the real ones. */
export function newMediaId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}
