/** Files as WeChat takes and gives them: what may be uploaded as what, and what a download is. */
import { ApiInputError } from "../../errors.ts";
import type { AnswerFields } from "../request/answer.ts";
import { type OpenAnswer, unreadable } from "../request/exchange.ts";
import { type FileContent, fileBytes, type UploadForm } from "../request/multipart.ts";

/** The kinds of media that WeChat tells apart. A `thumb` is the small picture of a video, a song or a mini program. */
export const MEDIA_TYPES = ["image", "voice", "video", "thumb"] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** A file to upload. */
export interface MediaFile {
  readonly content: FileContent;
  /** `cat.jpg`: the ending tells the format. */
  readonly filename: string;
}

const CONTENT_TYPES = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  bmp: "image/bmp",
  amr: "audio/amr",
  mp3: "audio/mpeg",
  wma: "audio/x-ms-wma",
  wav: "audio/wav",
  mp4: "video/mp4",
} as const;
type Ending = keyof typeof CONTENT_TYPES;

/** What a file must be. */
export interface FileRule {
  /** For messages: `A temporary image`. */
  readonly what: string;
  readonly endings: readonly Ending[];
  readonly maxBytes: number;
}

const KIB_BYTES = 1_024;
const MIB_BYTES = 1_024 * KIB_BYTES;

/** @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia */
export const TEMPORARY_RULES: Readonly<Record<MediaType, FileRule>> = {
  image: { what: "A temporary image", endings: ["png", "jpg", "jpeg", "gif"], maxBytes: 10 * MIB_BYTES },
  voice: { what: "A temporary voice", endings: ["amr", "mp3"], maxBytes: 2 * MIB_BYTES },
  video: { what: "A temporary video", endings: ["mp4"], maxBytes: 10 * MIB_BYTES },
  thumb: { what: "A temporary thumb", endings: ["jpg", "jpeg"], maxBytes: 64 * KIB_BYTES },
};

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial */
export const PERMANENT_RULES: Readonly<Record<MediaType, FileRule>> = {
  image: {
    what: "A permanent image",
    endings: ["bmp", "png", "jpg", "jpeg", "gif"],
    maxBytes: 10 * MIB_BYTES,
  },
  voice: { what: "A permanent voice", endings: ["mp3", "wma", "wav", "amr"], maxBytes: 2 * MIB_BYTES },
  video: { what: "A permanent video", endings: ["mp4"], maxBytes: 10 * MIB_BYTES },
  thumb: { what: "A permanent thumb", endings: ["jpg", "jpeg"], maxBytes: 64 * KIB_BYTES },
};

/** Less than 1 MiB. @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage */
export const ARTICLE_PICTURE_RULE: FileRule = {
  what: "A picture inside articles",
  endings: ["jpg", "jpeg", "png"],
  maxBytes: MIB_BYTES - 1,
};

/**
 * The form that carries a file.
 *
 * @param texts further fields of the form
 * @throws {ApiInputError} when the file is empty, too large, or of a format that WeChat does not take
 */
export function uploadForm(
  { content, filename }: MediaFile,
  { what, endings, maxBytes }: FileRule,
  texts: UploadForm["texts"] = {},
): UploadForm {
  const given = /[^.]\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase();
  const ending = endings.find((one) => one === given);
  if (ending === undefined) {
    throw new ApiInputError(`${what} is a file of ${listed(endings)}; "${filename}" is none of these.`);
  }
  const bytes = fileBytes(content);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new ApiInputError(`The length of "${filename}" must be told in whole bytes; ${bytes} is none.`);
  }
  if (bytes === 0) throw new ApiInputError(`"${filename}" is empty.`);
  if (bytes > maxBytes) {
    throw new ApiInputError(`${what} has at most ${maxBytes} bytes; "${filename}" has ${bytes}.`);
  }
  return { field: "media", file: { content, filename, contentType: CONTENT_TYPES[ending] }, texts };
}

function listed(endings: readonly Ending[]): string {
  return endings.map((ending) => `.${ending}`).join(", ");
}

/**
 * Checks the type of media that a caller in plain JavaScript may have mistyped.
 *
 * @throws {ApiInputError} when there is none of that name
 */
export function ruleOf(rules: Readonly<Record<MediaType, FileRule>>, type: MediaType): FileRule {
  if (Object.hasOwn(rules, type)) return rules[type];
  throw new ApiInputError(`"${type}" is no type of media; there are ${MEDIA_TYPES.join(", ")}.`);
}

/** @throws {ApiInputError} when the id is empty */
export function checkMediaId(mediaId: string): void {
  if (mediaId === "") throw new ApiInputError("The media id is empty.");
}

/** A file that is being downloaded. */
export interface DownloadedFile {
  readonly kind: "file";
  /** Streamed, never held whole. It breaks off when the download takes longer than it may. */
  readonly body: ReadableStream<Uint8Array>;
  /** `image/jpeg` …; unset where WeChat says only that it is a text, as it does of permanent media. */
  readonly contentType: string | undefined;
  /** As WeChat names it, with an ending; unset where it gives no name. */
  readonly filename: string | undefined;
  /** Unset where WeChat does not tell. */
  readonly bytes: number | undefined;
}

/** Whether WeChat answered with a file. */
export function isFileAnswer(answer: OpenAnswer | AnswerFields): answer is OpenAnswer {
  return typeof answer["text"] === "function"; // nothing that was read from JSON is one
}

/** @throws {ApiUnreachableError} when there is nothing in it */
export function downloadedFile(answer: OpenAnswer, path: string): DownloadedFile {
  const { headers } = answer;
  const body = answer.file();
  if (body === null) throw unreadable(path, "the file is empty");
  const contentType = headers.get("content-type") ?? "text/plain";
  const length = headers.get("content-length");
  const isEncoded = headers.has("content-encoding");
  return {
    kind: "file",
    body,
    contentType: /^text\/plain\b/i.test(contentType) ? undefined : contentType,
    filename: /filename="?([^";]+)/i.exec(headers.get("content-disposition") ?? "")?.[1],
    bytes: length === null || isEncoded ? undefined : Number(length),
  };
}
