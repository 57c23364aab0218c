/**
 * The library of permanent media.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/asset.html
 */
import type { KeptMedia, MediaType } from "../media.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type ApiResult,
  isJsonObject,
  type JsonObject,
  jsonOf,
  numberIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { fileAnswer } from "./media-file.ts";
import { checkMedia, mediaTypeOf } from "./media-formats.ts";
import { readUpload } from "./upload.ts";

const MAX_LISTED = 20;

/** Calls of `/cgi-bin/material`. */
export const MATERIAL_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: "POST", path: "/cgi-bin/material/add_material", right: "media", access: "token", handle: add },
  { method: "POST", path: "/cgi-bin/material/get_material", right: "media", access: "token", handle: get },
  { method: "POST", path: "/cgi-bin/material/del_material", right: "media", access: "token", handle: remove },
  {
    method: "GET",
    path: "/cgi-bin/material/get_materialcount",
    right: "media",
    access: "token",
    handle: count,
  },
  {
    method: "POST",
    path: "/cgi-bin/material/batchget_material",
    right: "media",
    access: "token",
    handle: list,
  },
];

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial */
async function add(call: ApiCall): Promise<ApiResult> {
  const mediaType = mediaTypeOf(call.query.get("type"));
  if (mediaType === undefined) throw new ApiFailure(40004);
  const { file, field } = await readUpload(call);
  const description = mediaType === "video" ? readDescription(field("description")) : {};
  const media = checkMedia(file, mediaType, "permanent");
  const facts = { mediaType, filename: file.filename, ...description };
  const kept = call.platform.media.upload(media, facts, "permanent");
  if (kept === undefined) throw new ApiFailure(45074);
  return mediaType === "image" ? { media_id: kept.id, url: addressOf(kept, call) } : { media_id: kept.id };
}

/** The title and introduction of a video: JSON in a field of the form. */
function readDescription(text: string | undefined): { title: string; introduction: string } {
  const json = text === undefined ? {} : parsed(text);
  return { title: textIn(json, "title") ?? "", introduction: textIn(json, "introduction") ?? "" };
}

function parsed(text: string): JsonObject {
  try {
    const json: unknown = JSON.parse(text);
    if (isJsonObject(json)) return json;
  } catch {
    // answered below
  }
  throw new ApiFailure(47001);
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterial */
async function get(call: ApiCall): Promise<ApiResult> {
  const kept = materialOf(call);
  if (kept.mediaType !== "video") return fileAnswer(kept);
  const { title = "", introduction = "" } = kept;
  return { title, description: introduction, down_url: addressOf(kept, call) };
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_delmaterial */
function remove(call: ApiCall): ApiResult {
  const { media, menus } = call.platform;
  const { id } = materialOf(call);
  if (menus.uses(id)) throw new ApiFailure(45060);
  media.remove(id);
  return OK;
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterialcount */
function count({ platform: { media } }: ApiCall): ApiResult {
  return {
    voice_count: media.count("voice"),
    video_count: media.count("video"),
    image_count: media.count("image"),
    news_count: 0,
  };
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_batchgetmaterial */
function list(call: ApiCall): ApiResult {
  const body = jsonOf(call);
  const type = textIn(body, "type");
  if (type === undefined || !isListed(type)) throw new ApiFailure(40004);
  const offset = numberIn(body, "offset");
  const most = numberIn(body, "count");
  if (!isWithin(offset, 0, Infinity) || !isWithin(most, 1, MAX_LISTED)) throw new ApiFailure(40097);
  const all = type === "news" ? [] : call.platform.media.library(type);
  const item = all.slice(offset, offset + most).map((kept) => ({
    media_id: kept.id,
    name: kept.filename,
    update_time: Math.floor(kept.createdAt / 1_000),
    ...(type === "image" ? { url: addressOf(kept, call) } : {}),
  }));
  return { item, total_count: all.length, item_count: item.length };
}

/** Articles have been drafts since 2022; the library holds none any more. */
function isListed(type: string): type is Exclude<MediaType, "thumb"> | "news" {
  return type === "image" || type === "video" || type === "voice" || type === "news";
}

function isWithin(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}

function materialOf(call: ApiCall): KeptMedia {
  const body = jsonOf(call);
  const id = textIn(body, "media_id");
  if (id === undefined || id === "") throw new ApiFailure(41006);
  const kept = call.platform.media.find(id);
  if (kept === undefined || kept.lifetime !== "permanent") throw new ApiFailure(40007);
  return kept;
}

function addressOf({ id }: KeptMedia, { origin }: ApiCall): string {
  return `${origin}/media/${id}`;
}
