/**
 * QR codes with scenes: made by the API, shown without it.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
 */
import { renderSVG } from "uqr";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type ApiResult,
  type JsonObject,
  jsonOf,
  numberIn,
  objectIn,
  textIn,
} from "./endpoint.ts";
import { ACTION_NAMES, type ActionName } from "./qr-codes.ts";

/** Calls of `/cgi-bin/qrcode`, and the page of another host that shows the picture. */
export const QR_CODE_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "POST",
    path: "/cgi-bin/qrcode/create",
    right: "qr",
    access: "token",
    dailyLimit: 100_000,
    handle: create,
  },
  {
    method: "GET",
    path: "/cgi-bin/showqrcode",
    right: "qr",
    access: "none",
    owner: { isOf: ({ qrCodes }, query) => qrCodes.find(ticketIn(query)) !== undefined, nobodys: notFound },
    handle: ({ platform, query }) => show(platform.qrCodes.find(ticketIn(query))?.url),
  },
];

/** What a kind of code takes as its scene. */
interface SceneRule {
  readonly isTemporary: boolean;
  /** A number up to this, or a text. */
  readonly most: number | "text";
}
const SCENE_RULES: Readonly<Record<ActionName, SceneRule>> = {
  QR_SCENE: { isTemporary: true, most: 0xffff_ffff },
  QR_STR_SCENE: { isTemporary: true, most: "text" },
  QR_LIMIT_SCENE: { isTemporary: false, most: 100_000 },
  QR_LIMIT_STR_SCENE: { isTemporary: false, most: "text" },
};
const MAX_SCENE_CHARACTERS = 64;
const DEFAULT_EXPIRE_SECONDS = 60;
const MAX_EXPIRE_SECONDS = 2_592_000;

function create(call: ApiCall): ApiResult {
  const body = jsonOf(call);
  const actionName = ACTION_NAMES.find((name) => name === body["action_name"]);
  if (actionName === undefined) throw new ApiFailure(40052);
  const rule = SCENE_RULES[actionName];
  const scene = readScene(objectIn(objectIn(body, "action_info") ?? {}, "scene") ?? {}, rule);
  const expireSeconds = rule.isTemporary ? readExpireSeconds(body) : undefined;
  const code = call.platform.qrCodes.create({ actionName, scene, expireSeconds });
  if (code === undefined) throw new ApiFailure(45029);
  const { ticket, url } = code;
  return expireSeconds === undefined ? { ticket, url } : { ticket, expire_seconds: expireSeconds, url };
}

function readScene(scene: JsonObject, { most }: SceneRule): string {
  if (most === "text") {
    const text = textIn(scene, "scene_str") ?? "";
    if (text.length >= 1 && text.length <= MAX_SCENE_CHARACTERS) return text;
  } else {
    const id = numberIn(scene, "scene_id");
    if (id !== undefined && Number.isInteger(id) && id >= 1 && id <= most) return String(id);
  }
  throw new ApiFailure(40053);
}

function readExpireSeconds(body: JsonObject): number {
  if (!Object.hasOwn(body, "expire_seconds")) return DEFAULT_EXPIRE_SECONDS;
  const seconds = numberIn(body, "expire_seconds");
  if (seconds !== undefined && Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_EXPIRE_SECONDS) {
    return seconds;
  }
  throw new ApiFailure(40097);
}

function ticketIn(query: URLSearchParams): string {
  return query.get("ticket") ?? "";
}

function show(url: string | undefined): Response {
  if (url === undefined) return notFound();
  return new Response(renderSVG(url, { border: 4 }), {
    headers: {
      "Content-Type": "image/svg+xml",
      "Cache-Control": "max-age=604800",
      "Content-Security-Policy": "default-src 'none'; sandbox",
    },
  });
}

function notFound(): Response {
  return new Response("404 Not Found", { status: 404, headers: { "Content-Type": "text/html" } });
}
