/**
 * Media of one account by media id: what its users sent and what it uploaded, temporary or permanent. In memory, bounded.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/asset.html
 */
import { fromBase64, toHex } from "../src/protocol/bytes.ts";
import { randomText } from "./random-text.ts";
import { samplePicture, sampleVoice } from "./sample-media.ts";

/** The kinds of media that the API tells apart. */
export const MEDIA_TYPES = ["image", "voice", "video", "thumb"] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** What a media id stands for: bytes, or the address that a user's picture was given by. */
export type Media =
  | { readonly kind: "bytes"; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "address"; readonly url: string };

/**
 * How long it is kept: three days under a media id, for ever in the account's library, or for ever as a picture inside
 * articles, which has an address but no media id.
 */
export type Lifetime = "temporary" | "permanent" | "article";

/** What is known of kept media besides. */
export interface MediaFacts {
  readonly mediaType: MediaType;
  /** As it was uploaded; empty for what users sent. */
  readonly filename: string;
  /** Of videos in the library. */
  readonly title?: string;
  readonly introduction?: string;
}

/** Media with all that is known of it. */
export type KeptMedia = Media &
  MediaFacts & {
    readonly id: string;
    readonly lifetime: Lifetime;
    /** Milliseconds since the epoch. */
    readonly createdAt: number;
  };

/** Id under which `/media/:id` has a picture from the start. */
export const SAMPLE_MEDIA = "sample";

/** Temporary media live three days. */
export const TEMPORARY_LIFETIME_MS = 3 * 24 * 60 * 60 * 1_000;
/** The library's limits, by type. */
export const MAX_PERMANENT: Readonly<Record<MediaType, number>> = {
  image: 100_000,
  voice: 1_000,
  video: 1_000,
  thumb: 1_000,
};
/** More is no longer WeChat's limit but that of a developer's machine. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
const MAX_TEMPORARY = 1_000;
/** Ids of permanent media are shorter than those of temporary ones. */
const MATERIAL_ID_CHARACTERS = 43;
const MAX_PICTURE_BYTES = 5_000_000;
const DATA_URL = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/;

/** The media of one account. Where room is short, the oldest temporary ones are forgotten first. */
export class MediaStore {
  readonly #now: () => number;
  /** In the order in which they came. */
  readonly #kept = new Map<string, KeptMedia>();
  #bytes = 0;

  /** @param context `now` in milliseconds since the epoch */
  constructor({ now }: { readonly now: () => number } = { now: Date.now }) {
    this.#now = now;
  }

  /** What a media id stands for; `undefined` when it is unknown or has expired. */
  find(id: string): KeptMedia | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.lifetime === "article") return undefined;
    if (kept.lifetime === "permanent" || this.#now() < kept.createdAt + TEMPORARY_LIFETIME_MS) return kept;
    this.#forget(kept);
    return undefined;
  }

  /** What `/media/:id` shows: all that `find` finds, pictures inside articles and the sample. */
  shown(id: string): Media | undefined {
    if (id === SAMPLE_MEDIA) return { kind: "bytes", type: "image/jpeg", bytes: samplePicture() };
    const kept = this.#kept.get(id);
    return kept?.lifetime === "article" ? kept : this.find(id);
  }

  /** Keeps a picture that a user sent, under `id` or under a new id. */
  keep(picture: Media, id: string = newMediaId()): string {
    const before = this.#kept.get(id);
    if (before !== undefined) this.#forget(before);
    return this.#keepSent(picture, "image", id);
  }

  /** Keeps a voice that a user sent: three silent seconds. */
  keepVoice(): string {
    return this.#keepSent({ kind: "bytes", type: "audio/amr", bytes: sampleVoice() }, "voice", newMediaId());
  }

  /**
   * Keeps what the account uploaded.
   *
   * @returns `undefined` when the library is full
   */
  upload(media: Media, facts: MediaFacts, lifetime: Lifetime): KeptMedia | undefined {
    const { mediaType } = facts;
    if (lifetime === "permanent" && this.count(mediaType) >= MAX_PERMANENT[mediaType]) return undefined;
    const id = lifetime === "permanent" ? randomText(MATERIAL_ID_CHARACTERS) : newMediaId();
    const kept: KeptMedia = { ...media, ...facts, id, lifetime, createdAt: this.#now() };
    this.#add(kept);
    if (this.#bytes <= MAX_KEPT_BYTES) return kept;
    this.#forget(kept);
    return undefined;
  }

  /** How many of a type the library holds. */
  count(type: MediaType): number {
    return this.library(type).length;
  }

  /** The library's media of a type, newest first. */
  library(type: MediaType): readonly KeptMedia[] {
    const all = [...this.#kept.values()];
    return all.filter((kept) => kept.lifetime === "permanent" && kept.mediaType === type).reverse();
  }

  /** Removes media from the library. */
  remove(id: string): void {
    const kept = this.#kept.get(id);
    if (kept?.lifetime === "permanent") this.#forget(kept);
  }

  #keepSent(media: Media, mediaType: MediaType, id: string): string {
    this.#add({ ...media, mediaType, filename: "", id, lifetime: "temporary", createdAt: this.#now() });
    return id;
  }

  #add(kept: KeptMedia): void {
    this.#kept.set(kept.id, kept);
    this.#bytes += sizeOf(kept);
    const temporary = [...this.#kept.values()].filter(({ lifetime }) => lifetime === "temporary");
    let left = temporary.length;
    for (const oldest of temporary) {
      if (oldest === kept || (left <= MAX_TEMPORARY && this.#bytes <= MAX_KEPT_BYTES)) break;
      this.#forget(oldest);
      left -= 1;
    }
  }

  #forget(kept: KeptMedia): void {
    this.#kept.delete(kept.id);
    this.#bytes -= sizeOf(kept);
  }
}

function sizeOf(media: Media): number {
  return media.kind === "bytes" ? media.bytes.length : 0;
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
