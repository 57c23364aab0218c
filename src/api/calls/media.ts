/**
 * Temporary media: files that messages refer to by their media id, kept for three days.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/asset.html
 */
import type { ApiCaller } from "../request/caller.ts";
import { unreadable } from "../request/exchange.ts";
import {
  ARTICLE_PICTURE_RULE,
  checkMediaId,
  type DownloadedFile,
  downloadedFile,
  isFileAnswer,
  type MediaFile,
  type MediaType,
  ruleOf,
  TEMPORARY_RULES,
  uploadForm,
} from "./media-files.ts";

/** How a file is moved. */
export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What was uploaded. */
export interface UploadedMedia {
  readonly type: MediaType;
  /** Good for three days, and for any number of messages. */
  readonly media_id: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
}

/** A video is not given but by its address. */
export interface VideoAddress {
  readonly kind: "video";
  readonly video_url: string;
}

const UPLOAD_PATH = "/cgi-bin/media/upload";
const GET_PATH = "/cgi-bin/media/get";
const UPLOAD_IMAGE_PATH = "/cgi-bin/media/uploadimg";

/** Calls of `/cgi-bin/media`. */
export class Media {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Uploads a file for messages: image (png, jpg, gif; 10 MiB), voice (amr, mp3; 2 MiB, 60 s), video (mp4; 10 MiB) or
   * thumb (jpg; 64 KiB). Content given as a stream is sent as it is read. A call without an answer is repeated: all
   * that a second upload leaves behind is gone after three days.
   *
   * @throws {ApiInputError} when the file is empty, too large, or of another format
   * @throws {ApiError} as every call does; 45007 for a voice that plays too long
   * @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
   * @example
   * const { media_id } = await ctx.api.media.upload("image", { content: bytes, filename: "cat.png" });
   * await ctx.api.customerService.send(openid, { msgtype: "image", image: { media_id } });
   */
  async upload(type: MediaType, file: MediaFile, { signal }: TransferOptions = {}): Promise<UploadedMedia> {
    const answer = await this.#caller.call<Partial<UploadedMedia> & { thumb_media_id?: string }>(
      "POST",
      UPLOAD_PATH,
      {
        query: { type },
        upload: uploadForm(file, ruleOf(TEMPORARY_RULES, type)),
        idempotent: true,
        signal,
      },
    );
    // The page says `media_id` for all types; of a thumb WeChat tells `thumb_media_id`.
    const { media_id = answer.thumb_media_id, created_at } = answer;
    if (media_id === undefined) throw unreadable(UPLOAD_PATH, "the answer has no media_id");
    return { type, media_id, created_at: Number(created_at) };
  }

  /**
   * Downloads what was uploaded, or what a user sent, within three days: a stream of the file, or a video's address.
   *
   * @throws {ApiError} 40007 when there is nothing of that id, or no longer; and as every call does
   * @throws {ApiInputError} when the id is empty
   * @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia
   * @example
   * const media = await ctx.api.media.get(ctx.message.MediaId);
   * if (media.kind === "file") await ask(await new Response(media.body).arrayBuffer(), media.contentType);
   */
  async get(mediaId: string, { signal }: TransferOptions = {}): Promise<DownloadedFile | VideoAddress> {
    checkMediaId(mediaId);
    const answer = await this.#caller.download("GET", GET_PATH, { query: { media_id: mediaId }, signal });
    if (isFileAnswer(answer)) return downloadedFile(answer, GET_PATH);
    const { video_url } = answer;
    if (typeof video_url !== "string") throw unreadable(GET_PATH, "the answer is neither a file nor a video");
    return { kind: "video", video_url };
  }

  /**
   * Uploads a picture (jpg, png; less than 1 MiB) that is to stand inside articles: there only pictures of WeChat's own
   * addresses show. It stays for ever, takes no room in the library and has no media id. A call without an answer is
   * repeated.
   *
   * @throws {ApiInputError} when the file is empty, too large, or of another format
   * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage
   */
  async uploadImage(file: MediaFile, { signal }: TransferOptions = {}): Promise<{ readonly url: string }> {
    const { url } = await this.#caller.call<{ url: string }>("POST", UPLOAD_IMAGE_PATH, {
      upload: uploadForm(file, ARTICLE_PICTURE_RULE),
      idempotent: true,
      signal,
    });
    return { url };
  }
}
