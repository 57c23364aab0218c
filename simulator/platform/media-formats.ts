/**
 * Which files WeChat takes as media: formats, sizes, playing times.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
 * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial
 */
import { MEDIA_TYPES, type Media, type MediaType } from "../media.ts";
import { ApiFailure } from "./endpoint.ts";
import { playTimeOf } from "./play-time.ts";

/** A file as it was uploaded. */
export interface UploadedFile {
  readonly filename: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Format {
  readonly extensions: readonly string[];
  readonly contentType: string;
  /** What stands in the file from `at` on: any of these, a byte a character. */
  readonly marks: readonly string[];
  readonly at: number;
}

const FORMATS = {
  png: { extensions: ["png"], contentType: "image/png", marks: ["\x89PNG\r\n\x1a\n"], at: 0 },
  jpg: { extensions: ["jpg", "jpeg"], contentType: "image/jpeg", marks: ["\xff\xd8\xff"], at: 0 },
  gif: { extensions: ["gif"], contentType: "image/gif", marks: ["GIF87a", "GIF89a"], at: 0 },
  bmp: { extensions: ["bmp"], contentType: "image/bmp", marks: ["BM"], at: 0 },
  amr: { extensions: ["amr"], contentType: "audio/amr", marks: ["#!AMR\n", "#!AMR-WB\n"], at: 0 },
  mp3: {
    extensions: ["mp3"],
    contentType: "audio/mpeg",
    marks: ["ID3", "\xff\xfb", "\xff\xfa", "\xff\xf3", "\xff\xf2", "\xff\xe3", "\xff\xe2"],
    at: 0,
  },
  wma: {
    extensions: ["wma"],
    contentType: "audio/x-ms-wma",
    marks: ["\x30\x26\xb2\x75\x8e\x66\xcf\x11"],
    at: 0,
  },
  wav: { extensions: ["wav"], contentType: "audio/wav", marks: ["WAVE"], at: 8 },
  mp4: { extensions: ["mp4"], contentType: "video/mp4", marks: ["ftyp"], at: 4 },
} as const satisfies Record<string, Format>;
type FormatName = keyof typeof FORMATS;

interface SizeLimit {
  readonly maxBytes: number;
  /** The code of a larger file. */
  readonly tooLarge: number;
}

interface Rules extends SizeLimit {
  readonly temporary: readonly FormatName[];
  readonly permanent: readonly FormatName[];
}

const KIB_BYTES = 1_024;
const MIB_BYTES = 1_024 * KIB_BYTES;
const MAX_PLAY_TIME_SECONDS = 60;

const RULES: Readonly<Record<MediaType, Rules>> = {
  image: {
    maxBytes: 10 * MIB_BYTES,
    tooLarge: 40009,
    temporary: ["png", "jpg", "gif"],
    permanent: ["bmp", "png", "jpg", "gif"],
  },
  voice: {
    maxBytes: 2 * MIB_BYTES,
    tooLarge: 40010,
    temporary: ["amr", "mp3"],
    permanent: ["mp3", "wma", "wav", "amr"],
  },
  video: { maxBytes: 10 * MIB_BYTES, tooLarge: 40011, temporary: ["mp4"], permanent: ["mp4"] },
  thumb: { maxBytes: 64 * KIB_BYTES, tooLarge: 40012, temporary: ["jpg"], permanent: ["jpg"] },
};
/** Pictures inside articles: less than this, and the two formats. */
const ARTICLE_PICTURE: SizeLimit = { maxBytes: MIB_BYTES - 1, tooLarge: 40009 };
const ARTICLE_FORMATS = ["jpg", "png"] as const;

/** The type of that name; `undefined` when there is none. */
export function mediaTypeOf(name: string | null): MediaType | undefined {
  return MEDIA_TYPES.find((type) => type === name);
}

/**
 * Checks an uploaded file.
 *
 * @throws {ApiFailure} 44001 empty, 40005 of another format by name or by content, 40009 to 40012 too large,
 *   45007 plays too long
 */
export function checkMedia(file: UploadedFile, type: MediaType, lifetime: "temporary" | "permanent"): Media {
  const rules = RULES[type];
  return checkFile(file, rules, rules[lifetime]);
}

/**
 * Checks a picture that is to stand inside articles.
 *
 * @throws {ApiFailure} 44001, 40005, 40009
 * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage
 */
export function checkArticlePicture(file: UploadedFile): Media {
  return checkFile(file, ARTICLE_PICTURE, ARTICLE_FORMATS);
}

function checkFile(
  { filename, bytes }: UploadedFile,
  limit: SizeLimit,
  allowed: readonly FormatName[],
): Media {
  if (bytes.length === 0) throw new ApiFailure(44001);
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase();
  const named = allowed.some((name) => FORMATS[name].extensions.some((known) => known === extension));
  const format = allowed.find((name) => isOf(FORMATS[name], bytes));
  if (!named || format === undefined) throw new ApiFailure(40005);
  if (bytes.length > limit.maxBytes) throw new ApiFailure(limit.tooLarge);
  if (isSound(format) && (playTimeOf(bytes) ?? 0) > MAX_PLAY_TIME_SECONDS) throw new ApiFailure(45007);
  return { kind: "bytes", type: FORMATS[format].contentType, bytes };
}

function isOf({ marks, at }: Format, bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(at, at + 16));
  return marks.some((mark) => text.startsWith(mark));
}

function isSound(format: FormatName): boolean {
  return FORMATS[format].contentType.startsWith("audio/");
}

/** The usual extension of a content type: `jpg`. */
export function extensionOf(contentType: string): string {
  const format = Object.values(FORMATS).find((one) => one.contentType === contentType);
  return format?.extensions[0] ?? /^\w+\/(\w+)/.exec(contentType)?.[1] ?? "bin";
}
