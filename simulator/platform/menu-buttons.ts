/**
 * Reads the buttons of a menu as the menu API takes them, with every limit of WeChat's.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
 */
import type { MediaType } from "../media.ts";
import type { MenuButton } from "../timeline.ts";
import { ApiFailure, isJsonObject, type JsonObject, listIn, textIn } from "./endpoint.ts";

/** What decides about buttons besides their own fields. */
export interface MenuFacts {
  /** The type of media in the account's library; `undefined` when the id is not there. */
  readonly materialType: (mediaId: string) => MediaType | undefined;
  /** Mini programs open from menus of verified accounts only. */
  readonly isVerified: boolean;
}

/** What a button does, by what it must say for it. */
const NEEDS = {
  click: "key",
  scancode_push: "key",
  scancode_waitmsg: "key",
  pic_sysphoto: "key",
  pic_photo_or_album: "key",
  pic_weixin: "key",
  location_select: "key",
  view: "url",
  miniprogram: "miniprogram",
  media_id: "media",
  view_limited: "articles",
  article_id: "article",
  article_view_limited: "article",
} as const;
type ButtonType = keyof typeof NEEDS;

/** Limits and codes of a level: the row at the bottom of the phone, and what opens from it. */
interface Level {
  readonly maxNameBytes: number;
  readonly wrongType: number;
  readonly wrongName: number;
  readonly wrongKey: number;
  readonly wrongUrl: number;
  readonly wrongHost: number;
  readonly wrongMediaId: number;
}
const TOP: Level = {
  maxNameBytes: 16,
  wrongType: 40017,
  wrongName: 40018,
  wrongKey: 40019,
  wrongUrl: 40020,
  wrongHost: 40055,
  wrongMediaId: 40117,
};
const SUB: Level = {
  maxNameBytes: 60,
  wrongType: 40024,
  wrongName: 40025,
  wrongKey: 40026,
  wrongUrl: 40027,
  wrongHost: 40054,
  wrongMediaId: 40118,
};

const MAX_BUTTONS = 3;
const MAX_SUB_BUTTONS = 5;
const MAX_KEY_BYTES = 128;
const MAX_URL_BYTES = 1_024;
const MAX_ID_BYTES = 128;
const WRONG_COUNT = 40016;
const WRONG_SUB_COUNT = 40023;
const TOO_DEEP = 40022;
const APP_ID = /^wx[0-9a-f]{16}$/;

/**
 * The buttons of a body.
 *
 * @throws {ApiFailure} with the code of the first thing that is wrong
 */
export function readButtons(body: JsonObject, facts: MenuFacts): readonly MenuButton[] {
  const list = listIn(body, "button");
  if (list === undefined || list.length === 0 || list.length > MAX_BUTTONS) throw new ApiFailure(WRONG_COUNT);
  return list.map((one) => readTop(one, facts));
}

function readTop(value: unknown, facts: MenuFacts): MenuButton {
  if (!isJsonObject(value)) throw new ApiFailure(WRONG_COUNT);
  const subButtons = listIn(value, "sub_button") ?? [];
  const hasType = textIn(value, "type") !== undefined;
  if (subButtons.length === 0 && (hasType || !Object.hasOwn(value, "sub_button"))) {
    return readLeaf(value, TOP, facts);
  }
  const name = readName(value, TOP);
  if (subButtons.length === 0 || subButtons.length > MAX_SUB_BUTTONS) throw new ApiFailure(WRONG_SUB_COUNT);
  return { name, sub_button: subButtons.map((one) => readSub(one, facts)) };
}

function readSub(value: unknown, facts: MenuFacts): MenuButton {
  if (!isJsonObject(value)) throw new ApiFailure(WRONG_SUB_COUNT);
  if ((listIn(value, "sub_button") ?? []).length > 0) throw new ApiFailure(TOO_DEEP);
  return readLeaf(value, SUB, facts);
}

function readLeaf(button: JsonObject, level: Level, facts: MenuFacts): MenuButton {
  const name = readName(button, level);
  const type = textIn(button, "type") ?? "";
  if (!isButtonType(type)) throw new ApiFailure(level.wrongType);
  return { type, name, ...READ[NEEDS[type]](button, level, facts) };
}

type Reader = (button: JsonObject, level: Level, facts: MenuFacts) => Partial<MenuButton>;

const READ: Readonly<Record<(typeof NEEDS)[ButtonType], Reader>> = {
  key: (button, level) => ({ key: readText(button, "key", MAX_KEY_BYTES, level.wrongKey) }),
  url: (button, level) => ({ url: readUrl(button, level) }),
  miniprogram: (button, level, { isVerified }) => {
    const url = readUrl(button, level);
    const appid = readText(button, "appid", MAX_ID_BYTES, 40166);
    if (!APP_ID.test(appid)) throw new ApiFailure(40166);
    const pagepath = readText(button, "pagepath", MAX_URL_BYTES, 40165);
    if (!isVerified) throw new ApiFailure(45064);
    return { url, appid, pagepath };
  },
  media: (button, level, { materialType }) => {
    const id = readText(button, "media_id", MAX_ID_BYTES, level.wrongMediaId);
    if (materialType(id) === undefined) throw new ApiFailure(40007);
    return { media_id: id };
  },
  articles: (button, level, { materialType }) => {
    const id = readText(button, "media_id", MAX_ID_BYTES, level.wrongMediaId);
    // The library holds no articles any more: whatever there is under that id is something else.
    throw new ApiFailure(materialType(id) === undefined ? 40007 : 40121);
  },
  article: (button) => ({ article_id: readText(button, "article_id", MAX_ID_BYTES, 53600) }),
};

function isButtonType(type: string): type is ButtonType {
  return Object.hasOwn(NEEDS, type);
}

function readName(button: JsonObject, { maxNameBytes, wrongName }: Level): string {
  return readText(button, "name", maxNameBytes, wrongName);
}

function readText(button: JsonObject, name: string, maxBytes: number, errcode: number): string {
  const text = textIn(button, name) ?? "";
  if (text === "" || new TextEncoder().encode(text).length > maxBytes) throw new ApiFailure(errcode);
  return text;
}

function readUrl(button: JsonObject, { wrongUrl, wrongHost }: Level): string {
  const url = readText(button, "url", MAX_URL_BYTES, wrongUrl);
  if (hostOf(url) === undefined) throw new ApiFailure(wrongHost);
  return url;
}

/** The host of an http(s) address. */
export function hostOf(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return hostname === "" ? undefined : hostname;
}
