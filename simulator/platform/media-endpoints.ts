/**
 * Temporary media: uploaded, or sent by a user, and downloaded again within three days.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/asset.html
 */
import { type ApiCall, type ApiEndpoint, ApiFailure, type ApiResult } from "./endpoint.ts";
import { checkArticlePicture, checkMedia, mediaTypeOf } from "./media-formats.ts";
import { fileAnswer } from "./media-file.ts";
import { readUpload } from "./upload.ts";

/** Calls of `/cgi-bin/media`. */
export const MEDIA_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "POST",
    path: "/cgi-bin/media/upload",
    right: "media",
    access: "token",
    dailyLimit: 100_000,
    testDailyLimit: 500,
    handle: upload,
  },
  {
    method: "GET",
    path: "/cgi-bin/media/get",
    right: "media",
    access: "token",
    dailyLimit: 200_000,
    testDailyLimit: 1_000,
    handle: get,
  },
  {
    method: "GET",
    path: "/cgi-bin/media/get/jssdk",
    right: "media",
    access: "token",
    handle: getHighDefinitionVoice,
  },
  {
    method: "POST",
    path: "/cgi-bin/media/uploadimg",
    right: "media",
    access: "token",
    handle: uploadPicture,
  },
];

/** @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia */
async function upload(call: ApiCall): Promise<ApiResult> {
  const mediaType = mediaTypeOf(call.query.get("type"));
  if (mediaType === undefined) throw new ApiFailure(40004);
  const { file } = await readUpload(call);
  const media = checkMedia(file, mediaType, "temporary");
  const kept = call.platform.media.upload(media, { mediaType, filename: file.filename }, "temporary");
  if (kept === undefined) throw new ApiFailure(45001);
  // The page says `media_id` for all types; what WeChat answers for a thumb has another name.
  const name = mediaType === "thumb" ? "thumb_media_id" : "media_id";
  return { type: mediaType, [name]: kept.id, created_at: Math.floor(kept.createdAt / 1_000) };
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia */
async function get(call: ApiCall): Promise<ApiResult> {
  const kept = call.platform.media.find(mediaIdOf(call));
  if (kept === undefined || kept.lifetime !== "temporary") throw new ApiFailure(40007);
  if (kept.mediaType === "video") return { video_url: `${call.origin}/media/${kept.id}` };
  return fileAnswer(kept);
}

/**
 * Gives voices that a web page recorded by the JS-SDK. Nobody has one: the simulator's phone shows no such pages.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/material/temporary/api_gethdvoice
 */
function getHighDefinitionVoice(call: ApiCall): ApiResult {
  mediaIdOf(call);
  return new ApiFailure(40007);
}

/** @see https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage */
async function uploadPicture(call: ApiCall): Promise<ApiResult> {
  const { file } = await readUpload(call);
  const media = checkArticlePicture(file);
  const kept = call.platform.media.upload(media, { mediaType: "image", filename: file.filename }, "article");
  if (kept === undefined) throw new ApiFailure(45001);
  return { url: `${call.origin}/media/${kept.id}` };
}

function mediaIdOf({ query }: ApiCall): string {
  const id = query.get("media_id");
  if (id === null || id === "") throw new ApiFailure(41006);
  return id;
}
