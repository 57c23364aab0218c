/**
 * The material library: media that stay until they are deleted.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/asset.html
 */
import { ApiInputError } from "../../errors.ts";
import { writeJson } from "../../protocol/json-write.ts";
import type { ApiCaller } from "../request/caller.ts";
import { unreadable } from "../request/exchange.ts";
import type { TransferOptions } from "./media.ts";
import {
  checkMediaId,
  type DownloadedFile,
  downloadedFile,
  isFileAnswer,
  type MediaFile,
  type MediaType,
  PERMANENT_RULES,
  ruleOf,
  uploadForm,
} from "./media-files.ts";

/** What was added. */
export interface AddedMaterial {
  readonly media_id: string;
  /** Of pictures: shown on pages of Tencent's domains only. */
  readonly url?: string;
}

/** What users read about a video. */
export interface VideoDescription {
  readonly title: string;
  readonly introduction: string;
}

/** An article of the library. */
export interface LibraryArticle {
  readonly title: string;
  readonly author?: string;
  readonly digest?: string;
  /** HTML. */
  readonly content?: string;
  readonly content_source_url?: string;
  readonly thumb_media_id?: string;
  readonly thumb_url?: string;
  readonly show_cover_pic?: number;
  readonly url?: string;
}

/** A permanent video: not the file but where it is. */
export interface MaterialVideo {
  readonly kind: "video";
  readonly title: string;
  readonly description: string;
  readonly down_url: string;
}

/** Articles that were made before there were drafts. */
export interface MaterialNews {
  readonly kind: "news";
  readonly news_item: readonly LibraryArticle[];
}

/** How many there are of each type. */
export interface MaterialCount {
  readonly voice_count: number;
  readonly video_count: number;
  readonly image_count: number;
  readonly news_count: number;
}

/** What the library can be listed by. */
export const LISTED_TYPES = ["image", "video", "voice", "news"] as const;
export type ListedType = (typeof LISTED_TYPES)[number];

/** A file in the list. */
export interface ListedFile {
  readonly media_id: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly update_time: number;
  readonly url?: string;
}

/** Articles in the list. */
export interface ListedNews {
  readonly media_id: string;
  readonly content: { readonly news_item: readonly LibraryArticle[] };
  /** Seconds since the epoch. */
  readonly update_time: number;
}

/** What a list of a type has. */
export type ListedMaterial<T extends ListedType> = T extends "news" ? ListedNews : ListedFile;

/** A part of the list. */
export interface MaterialPage<T extends ListedType> {
  /** Of that type in the library. */
  readonly total_count: number;
  /** In this part. */
  readonly item_count: number;
  readonly item: readonly ListedMaterial<T>[];
}

/** Which part of the list. */
export interface PageOptions extends TransferOptions {
  /** Default 0. */
  readonly offset?: number;
  /** 1 to 20. Default 20. */
  readonly count?: number;
}

const ADD_PATH = "/cgi-bin/material/add_material";
const GET_PATH = "/cgi-bin/material/get_material";
const DELETE_PATH = "/cgi-bin/material/del_material";
const COUNT_PATH = "/cgi-bin/material/get_materialcount";
const LIST_PATH = "/cgi-bin/material/batchget_material";

const MAX_PAGE_ITEMS = 20;
/** Articles come with their text of up to 1 MiB, eight to an item. */
const MAX_NEWS_BYTES = 16 * 1_048_576;

/** Calls of `/cgi-bin/material`. */
export class Materials {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Adds a file to the library: image (bmp, png, jpg, gif; 10 MiB), voice (mp3, wma, wav, amr; 2 MiB, 60 s), video
   * (mp4; 10 MiB, with a description) or thumb (jpg; 64 KiB). The library holds 100,000 images and 1,000 files of each
   * other type. Content given as a stream is sent as it is read. A call without an answer is not repeated.
   *
   * @throws {ApiInputError} when the file is empty, too large, or of another format, or a video has no description
   * @throws {ApiError} as every call does; 45007 for a voice that plays too long
   * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial
   */
  add(type: "video", file: MediaFile, options: VideoDescription & TransferOptions): Promise<AddedMaterial>;
  add(type: Exclude<MediaType, "video">, file: MediaFile, options?: TransferOptions): Promise<AddedMaterial>;
  async add(
    type: MediaType,
    file: MediaFile,
    { signal, ...description }: Partial<VideoDescription> & TransferOptions = {},
  ): Promise<AddedMaterial> {
    const rule = ruleOf(PERMANENT_RULES, type);
    const texts: Record<string, string> =
      type === "video" ? { description: writeJson(checkedDescription(description)) } : {};
    const { media_id, url } = await this.#caller.call<AddedMaterial>("POST", ADD_PATH, {
      query: { type },
      upload: uploadForm(file, rule, texts),
      signal,
    });
    return { media_id, ...(url === undefined ? {} : { url }) };
  }

  /**
   * Gets what a media id of the library stands for: a stream of the file, a video's address and description, or
   * articles.
   *
   * @throws {ApiError} 40007 when there is nothing of that id; and as every call does
   * @throws {ApiInputError} when the id is empty
   * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterial
   */
  async get(
    mediaId: string,
    { signal }: TransferOptions = {},
  ): Promise<DownloadedFile | MaterialVideo | MaterialNews> {
    checkMediaId(mediaId);
    const answer = await this.#caller.download("POST", GET_PATH, {
      body: { media_id: mediaId },
      idempotent: true,
      maxAnswerBytes: MAX_NEWS_BYTES,
      signal,
    });
    if (isFileAnswer(answer)) return downloadedFile(answer, GET_PATH);
    const { news_item, down_url, title, description } = answer;
    if (Array.isArray(news_item)) return { kind: "news", news_item };
    if (typeof down_url !== "string") {
      throw unreadable(GET_PATH, "the answer is neither a file nor a video nor articles");
    }
    return { kind: "video", title: textOf(title), description: textOf(description), down_url };
  }

  /**
   * Deletes from the library, also what was made in the console.
   *
   * @throws {ApiError} 40007 when there is nothing of that id; 45060 when a menu or an automatic reply needs it
   * @throws {ApiInputError} when the id is empty
   * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_delmaterial
   */
  async delete(mediaId: string): Promise<void> {
    checkMediaId(mediaId);
    await this.#caller.call("POST", DELETE_PATH, { body: { media_id: mediaId }, idempotent: true });
  }

  /** How many there are. @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterialcount */
  async count(): Promise<MaterialCount> {
    const { voice_count, video_count, image_count, news_count } = await this.#caller.call<MaterialCount>(
      "GET",
      COUNT_PATH,
    );
    return { voice_count, video_count, image_count, news_count };
  }

  /**
   * Lists a part of the library. Of articles the whole text comes along, so ask for few of them.
   *
   * @throws {ApiInputError} when `offset` or `count` is no whole number within its limits
   * @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_batchgetmaterial
   */
  async list<T extends ListedType>(
    type: T,
    { offset = 0, count = MAX_PAGE_ITEMS, signal }: PageOptions = {},
  ): Promise<MaterialPage<T>> {
    if (!LISTED_TYPES.includes(type)) {
      throw new ApiInputError(`"${type}" cannot be listed; there are ${LISTED_TYPES.join(", ")}.`);
    }
    checkWithin("offset", offset, 0, Number.MAX_SAFE_INTEGER);
    checkWithin("count", count, 1, MAX_PAGE_ITEMS);
    return this.#caller.call<MaterialPage<T>>("POST", LIST_PATH, {
      body: { type, offset, count },
      idempotent: true,
      maxAnswerBytes: MAX_NEWS_BYTES,
      signal,
    });
  }

  /**
   * Goes through all of a type, with a call for every `count` of them. What is added or deleted meanwhile moves the rest,
   * so that one may come twice or not at all: to delete, collect the ids first.
   *
   * @throws as `list` does
   */
  async *all<T extends ListedType>(
    type: T,
    { offset = 0, ...options }: PageOptions = {},
  ): AsyncGenerator<ListedMaterial<T>, void, undefined> {
    for (let at = offset; ;) {
      const { item, total_count } = await this.list(type, { ...options, offset: at });
      yield* item;
      at += item.length;
      if (item.length === 0 || at >= total_count) return;
    }
  }
}

function checkedDescription({ title, introduction }: Partial<VideoDescription>): VideoDescription {
  if (title !== undefined && introduction !== undefined) return { title, introduction };
  throw new ApiInputError("A permanent video needs a title and an introduction.");
}

function checkWithin(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ApiInputError(`${name} is a whole number from ${least} to ${most}; ${value} is none.`);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
