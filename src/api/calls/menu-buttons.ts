/**
 * Buttons of menus, with every limit that WeChat documents.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
 */
import { ApiInputError } from "../../errors.ts";
import { utf8Length } from "../../protocol/utf8.ts";

/** What every button that does something has. */
interface Named {
  /** At most 16 bytes, in a sub-menu 60: a Chinese character has three. Phones show four and seven Chinese characters. */
  readonly name: string;
  /** WeChat tells an empty list of every button that has none. */
  readonly sub_button?: readonly [];
}

/** A tap pushes an event with the key; some of them open the camera, the album or the map first. */
export interface KeyButton extends Named {
  readonly type:
    | "click"
    | "scancode_push"
    | "scancode_waitmsg"
    | "pic_sysphoto"
    | "pic_photo_or_album"
    | "pic_weixin"
    | "location_select";
  /** At most 128 bytes. */
  readonly key: string;
}

/** A tap opens a web page. */
export interface ViewButton extends Named {
  readonly type: "view";
  /** http or https, at most 1,024 bytes. */
  readonly url: string;
}

/** A tap opens a mini program: for verified accounts, and mini programs that are linked to them. */
export interface MiniProgramButton extends Named {
  readonly type: "miniprogram";
  /** In small letters. */
  readonly appid: string;
  readonly pagepath: string;
  /** What old clients open instead: http or https, at most 1,024 bytes. */
  readonly url: string;
}

/** A tap sends media of the library (`media_id`), or opens articles of it (`view_limited`). */
export interface MaterialButton extends Named {
  readonly type: "media_id" | "view_limited";
  readonly media_id: string;
}

/** A tap sends a published article as a card (`article_id`), or opens it (`article_view_limited`). */
export interface ArticleButton extends Named {
  readonly type: "article_id" | "article_view_limited";
  readonly article_id: string;
}

/** A button that does something when it is tapped. */
export type MenuAction = KeyButton | ViewButton | MiniProgramButton | MaterialButton | ArticleButton;

/** A button that opens one to five others. */
export interface SubMenu {
  readonly type?: undefined;
  /** At most 16 bytes. */
  readonly name: string;
  readonly sub_button: readonly MenuAction[];
}

/** A button in the row at the bottom. */
export type MenuButton = MenuAction | SubMenu;

const MAX_BUTTONS = 3;
const MAX_SUB_BUTTONS = 5;
const MAX_NAME_BYTES = 16;
const MAX_SUB_NAME_BYTES = 60;
const MAX_KEY_BYTES = 128;
const MAX_URL_BYTES = 1_024;

/** A button as a caller in plain JavaScript may have written it. */
interface WrittenButton {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly sub_button?: unknown;
  readonly [field: string]: unknown;
}

type Check = (button: WrittenButton, at: string) => void;

const checkKey: Check = (button, at) => checkText(button, "key", at, MAX_KEY_BYTES);
const checkMaterial: Check = (button, at) => checkText(button, "media_id", at);
const checkArticle: Check = (button, at) => checkText(button, "article_id", at);

/** What each type needs besides its name. */
const CHECKS: Readonly<Record<MenuAction["type"], Check>> = {
  click: checkKey,
  scancode_push: checkKey,
  scancode_waitmsg: checkKey,
  pic_sysphoto: checkKey,
  pic_photo_or_album: checkKey,
  pic_weixin: checkKey,
  location_select: checkKey,
  view: checkUrl,
  miniprogram: checkMiniProgram,
  media_id: checkMaterial,
  view_limited: checkMaterial,
  article_id: checkArticle,
  article_view_limited: checkArticle,
};

/**
 * Checks a menu before it is sent.
 *
 * @throws {ApiInputError} that names the button and the limit: `button[1].sub_button[0].name has 63 bytes …`
 */
export function checkButtons(buttons: readonly MenuButton[]): void {
  checkCount(buttons, "button", MAX_BUTTONS);
  buttons.forEach((button: WrittenButton, index) => checkTop(button, `button[${index}]`));
}

function checkTop(button: WrittenButton, at: string): void {
  checkText(button, "name", at, MAX_NAME_BYTES);
  const { type, sub_button: subButtons } = button;
  const opens = Array.isArray(subButtons) && subButtons.length > 0;
  if (type === undefined) {
    checkCount(subButtons, `${at}.sub_button`, MAX_SUB_BUTTONS);
    subButtons.forEach((sub: WrittenButton, index) => checkSub(sub, `${at}.sub_button[${index}]`));
  } else if (opens) {
    throw new ApiInputError(`${at} has both a type and sub-buttons; WeChat takes one of the two.`);
  } else checkAction(button, at);
}

function checkSub(button: WrittenButton, at: string): void {
  checkText(button, "name", at, MAX_SUB_NAME_BYTES);
  const { sub_button: subButtons } = button;
  if (Array.isArray(subButtons) && subButtons.length > 0) {
    throw new ApiInputError(`${at} has sub-buttons; menus have two levels.`);
  }
  checkAction(button, at);
}

function checkAction(button: WrittenButton, at: string): void {
  const { type } = button;
  if (!isActionType(type)) {
    throw new ApiInputError(`${at}.type is "${String(type)}"; there are ${Object.keys(CHECKS).join(", ")}.`);
  }
  CHECKS[type](button, at);
}

function isActionType(type: unknown): type is MenuAction["type"] {
  return typeof type === "string" && Object.hasOwn(CHECKS, type);
}

function checkUrl(button: WrittenButton, at: string): void {
  const url = checkText(button, "url", at, MAX_URL_BYTES);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ApiInputError(`${at}.url must begin with http:// or https://; "${url}" does not.`);
  }
}

function checkMiniProgram(button: WrittenButton, at: string): void {
  checkUrl(button, at);
  checkText(button, "pagepath", at);
  const appid = checkText(button, "appid", at);
  if (appid !== appid.toLowerCase()) {
    throw new ApiInputError(`${at}.appid must be in small letters; "${appid}" is not.`);
  }
}

function checkText(button: WrittenButton, field: string, at: string, maxBytes = Infinity): string {
  const value = button[field];
  if (typeof value !== "string" || value === "") throw new ApiInputError(`${at}.${field} is missing.`);
  const bytes = utf8Length(value);
  if (bytes <= maxBytes) return value;
  throw new ApiInputError(`${at}.${field} has ${bytes} bytes; WeChat takes at most ${maxBytes}.`);
}

function checkCount(list: unknown, at: string, most: number): asserts list is readonly WrittenButton[] {
  const count = Array.isArray(list) ? list.length : 0;
  if (count >= 1 && count <= most) return;
  throw new ApiInputError(`${at} has ${count} buttons; WeChat takes 1 to ${most}.`);
}
