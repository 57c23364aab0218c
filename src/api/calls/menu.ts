/**
 * The menu at the bottom of the chat.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
 */
import { ApiInputError } from "../../errors.ts";
import type { ApiCaller } from "../request/caller.ts";
import { checkButtons, type MenuButton } from "./menu-buttons.ts";

/** Systems that conditional menus tell apart: 1 iOS, 2 Android, 3 others. */
export type MenuPlatform = 1 | 2 | 3;

/** Who sees a conditional menu: all that is set must fit. */
export type MatchRule =
  | { readonly tag_id: number | string; readonly client_platform_type?: MenuPlatform }
  | { readonly tag_id?: number | string; readonly client_platform_type: MenuPlatform };

/** The menu that everybody sees for whom there is no other. */
export interface DefaultMenu {
  readonly button: readonly MenuButton[];
  /** Where there are conditional menus. */
  readonly menuid?: string;
}

/** A menu for some users. */
export interface ConditionalMenu {
  readonly button: readonly MenuButton[];
  /** The tag comes as `group_id`. Old rules may tell things of users that WeChat does not match by any more. */
  readonly matchrule: Readonly<Record<string, string | number>>;
  readonly menuid: string;
}

/** All menus that the API has made. */
export interface Menus {
  readonly menu: DefaultMenu;
  /** Empty where there are none. The one that was added last is tried first. */
  readonly conditionalmenu: readonly ConditionalMenu[];
}

/** The menu in use, by whatever it was made. */
export interface CurrentMenu {
  readonly is_menu_open: 0 | 1;
  readonly selfmenu_info?: { readonly button: readonly CurrentMenuButton[] };
}

/** A button of the menu in use. Those that the console made have types and values of their own. */
export interface CurrentMenuButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  /** `text`: the text; `img`, `voice`: a temporary media id; `video`: an address; `news`: a permanent media id. */
  readonly value?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly news_info?: { readonly list: readonly CurrentMenuArticle[] };
  readonly sub_button?: { readonly list: readonly CurrentMenuButton[] };
}

/** An article of a `news` button. */
export interface CurrentMenuArticle {
  readonly title: string;
  readonly author?: string;
  readonly digest?: string;
  readonly show_cover?: number;
  readonly cover_url?: string;
  readonly content_url?: string;
  readonly source_url?: string;
}

const CREATE_PATH = "/cgi-bin/menu/create";
const GET_PATH = "/cgi-bin/menu/get";
const DELETE_PATH = "/cgi-bin/menu/delete";
const ADD_CONDITIONAL_PATH = "/cgi-bin/menu/addconditional";
const DELETE_CONDITIONAL_PATH = "/cgi-bin/menu/delconditional";
const TRY_MATCH_PATH = "/cgi-bin/menu/trymatch";
const CURRENT_PATH = "/cgi-bin/get_current_selfmenu_info";

/** Calls of `/cgi-bin/menu`. Phones notice a change within five minutes, when the chat is opened. */
export class Menu {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Makes the menu that everybody sees, in place of the one before: one to three buttons, each of which does something
   * or opens one to five others.
   *
   * @throws {ApiInputError} that names the button and the limit when WeChat would not take it
   * @throws {ApiError} as every call does; 40007 when a button's media is not in the library; 45064 when a mini program
   *   is not linked to the account
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
   * @example
   * await ctx.api.menu.create([
   *   { type: "click", name: "今日歌曲", key: "TODAY" },
   *   { name: "更多", sub_button: [{ type: "view", name: "网站", url: "https://example.com/" }] },
   * ]);
   */
  async create(button: readonly MenuButton[]): Promise<void> {
    checkButtons(button);
    await this.#caller.call("POST", CREATE_PATH, { body: { button }, idempotent: true });
  }

  /**
   * All menus that the API has made; the default one may be changed and given to `create` again.
   *
   * @throws {ApiError} 46003 when there is none; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_getmenu
   */
  async get(): Promise<Menus> {
    const { menu, conditionalmenu = [] } = await this.#caller.call<WireMenus>("GET", GET_PATH);
    return {
      menu: { button: menu.button, ...(menu.menuid === undefined ? {} : { menuid: String(menu.menuid) }) },
      conditionalmenu: conditionalmenu.map((one) => ({ ...one, menuid: String(one.menuid) })),
    };
  }

  /** Deletes all menus, conditional ones too. @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_deletemenu */
  async delete(): Promise<void> {
    await this.#caller.call("GET", DELETE_PATH);
  }

  /**
   * Adds a menu for some users, before those that were added earlier. There must be a default menu, and all conditional
   * menus together may lead to three domains. Of a user's tags the one that was given last counts. A call without an
   * answer is not repeated.
   *
   * @returns the menu's id
   * @throws {ApiInputError} when WeChat would not take the buttons, or the rule is empty or tells something private of
   *   users (sex, language, place)
   * @throws {ApiError} 65303 when there is no default menu; 65316 when the menus lead to too many domains; and as every
   *   call does
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu
   */
  async addConditional(button: readonly MenuButton[], matchrule: MatchRule): Promise<string> {
    checkButtons(button);
    const { menuid } = await this.#caller.call<{ menuid: unknown }>("POST", ADD_CONDITIONAL_PATH, {
      body: { button, matchrule: wireRule(matchrule) },
    });
    return String(menuid);
  }

  /**
   * Deletes a conditional menu.
   *
   * @throws {ApiError} 65301 when there is none of that id; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_deleteconditionalmenu
   */
  async deleteConditional(menuid: string): Promise<void> {
    await this.#caller.call("POST", DELETE_CONDITIONAL_PATH, { body: { menuid }, idempotent: true });
  }

  /**
   * The menu that a user sees.
   *
   * @param userId an openid, or a follower's WeChat name
   * @throws {ApiError} 65302 when there is no such follower; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_trymatchmenu
   */
  async tryMatch(userId: string): Promise<readonly MenuButton[]> {
    const { button } = await this.#caller.call<{ button: readonly MenuButton[] }>("POST", TRY_MATCH_PATH, {
      body: { user_id: userId },
      idempotent: true,
    });
    return button;
  }

  /**
   * The menu in use, also one that was made in the console. Every account may ask.
   *
   * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_getcurrentselfmenuinfo
   */
  current(): Promise<CurrentMenu> {
    return this.#caller.call<CurrentMenu>("GET", CURRENT_PATH);
  }
}

/** As WeChat answers: ids are numbers here, and texts elsewhere. */
interface WireMenus {
  readonly menu: { readonly button: readonly MenuButton[]; readonly menuid?: number | string };
  readonly conditionalmenu?: readonly (Omit<ConditionalMenu, "menuid"> & {
    readonly menuid: number | string;
  })[];
}

/** WeChat refuses rules that name these. */
const PRIVATE_FIELDS = ["sex", "country", "province", "city", "language"];
const PLATFORMS: readonly number[] = [1, 2, 3] satisfies MenuPlatform[];

/** The rule as WeChat writes it: digits as texts. */
function wireRule(rule: MatchRule): Readonly<Record<string, string>> {
  const secret = PRIVATE_FIELDS.find((field) => Object.hasOwn(rule, field));
  if (secret !== undefined) throw new ApiInputError(`WeChat matches no menus by ${secret}.`);
  const { tag_id: tagId, client_platform_type: platform } = rule;
  if (tagId === undefined && platform === undefined) {
    throw new ApiInputError("A conditional menu needs a tag_id or a client_platform_type.");
  }
  if (tagId !== undefined && !/^\d+$/.test(String(tagId))) {
    throw new ApiInputError(`A tag_id is a number; "${tagId}" is none.`);
  }
  if (platform !== undefined && !PLATFORMS.includes(platform)) {
    throw new ApiInputError(`client_platform_type is 1 (iOS), 2 (Android) or 3 (others), not ${platform}.`);
  }
  return {
    ...(tagId === undefined ? {} : { tag_id: String(tagId) }),
    ...(platform === undefined ? {} : { client_platform_type: String(platform) }),
  };
}
