/**
 * Notices that users have subscribed to: 订阅通知 of verified service accounts, and the older 一次性订阅消息 of all
 * verified accounts, which go to users who do not follow as well.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/message/One-time_subscription_info.html
 */
import { ApiInputError } from "../../errors.ts";
import type { ApiCaller } from "../request/caller.ts";
import { checkOpenid } from "./openids.ts";
import { appIdOf, checkReturnAddress, checkState, pageUrl } from "./redirects.ts";
import {
  checkTemplateId,
  type LinkedMiniProgram,
  type TemplateData,
  type TemplateValue,
} from "./templates.ts";

/** A subscription notice, as WeChat names its members. */
export interface SubscribeMessage {
  /** The openid. */
  readonly touser: string;
  readonly template_id: string;
  /** Where a tap leads. */
  readonly page?: string;
  /** Where a tap leads rather. */
  readonly miniprogram?: LinkedMiniProgram;
  readonly data: TemplateData;
}

/** A one-time message. */
export interface OneTimeMessage {
  /** The openid. */
  readonly touser: string;
  readonly template_id: string;
  /** What the user has agreed to: 0 to 10,000. */
  readonly scene: number;
  /** Up to 15 characters. */
  readonly title: string;
  /** Where a tap leads; of a domain with an ICP filing. */
  readonly url?: string;
  /** Where a tap leads rather. */
  readonly miniprogram?: LinkedMiniProgram;
  /** Up to 200 characters. */
  readonly data: { readonly content: TemplateValue };
}

/** Parameters of the page where a user agrees to a one-time message. */
export interface SubscribeOptions {
  readonly templateId: string;
  /** What the user agrees to: 0 to 10,000. */
  readonly scene: number;
  /** Where the browser comes back to, with `openid`, `template_id`, `action` (`confirm`, `cancel`), `scene`, `reserved`. */
  readonly redirectUrl: string;
  /** Comes back as it is: up to 128 letters and digits. */
  readonly reserved?: string;
}

/** A template of subscription notices. */
export interface SubscribeTemplate {
  readonly priTmplId: string;
  readonly title: string;
  /** The text, with `{{name.DATA}}` where values go. */
  readonly content: string;
  readonly example: string;
  /** 2: one notice for each time that the user agrees; 3: as many as the account likes. */
  readonly type: 2 | 3;
  /** What places with a choice of values take. */
  readonly keywordEnumValueList?: readonly {
    readonly keywordCode: string;
    readonly enumValueList: readonly string[];
  }[];
}

const SEND_PATH = "/cgi-bin/message/subscribe/bizsend";
const SEND_ONE_TIME_PATH = "/cgi-bin/message/template/subscribe";
const LIST_PATH = "/wxaapi/newtmpl/gettemplate";
const CONFIRM_PATH = "/mp/subscribemsg";
const WECHAT_WEB_BASE = "https://mp.weixin.qq.com";

const MAX_SCENE = 10_000;
const MAX_TITLE_CHARACTERS = 15;
const MAX_CONTENT_CHARACTERS = 200;
/** By the kind of a value; a place is named by kind and number, such as `thing1`. */
const MAX_VALUE_CHARACTERS: ReadonlyMap<string, number> = new Map([
  ["thing", 20],
  ["number", 32],
  ["letter", 32],
  ["symbol", 5],
  ["character_string", 32],
  ["phone_number", 17],
  ["car_number", 8],
  ["name", 20],
  ["phrase", 5],
]);

/** Calls of subscription notices. */
export class SubscribeMessages {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Sends a notice to a user who has agreed to it in an article or a page (event `subscribe_msg_popup_event`). Whether
   * it arrives is told later, by the event `subscribe_msg_sent_event`. A call without an answer is not repeated, for the
   * user might get it twice.
   *
   * @throws {ApiInputError} when there is no user or template, or a value is empty or too long for its kind
   * @throws {ApiError} 43101 when the user has not agreed; 47003 when a value does not fit the template; and as every
   *   call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
   * @example
   * await ctx.api.subscribeMessages.send({
   *   touser: openid,
   *   template_id: "ILiIHDCububvNUjaNuEAynejsEacuJPdLG8A7WMyCxg",
   *   data: { thing1: { value: "巧克力" }, character_string2: { value: "SF1234567890" } },
   * });
   */
  async send(message: SubscribeMessage): Promise<void> {
    checkOpenid(message.touser);
    checkTemplateId(message.template_id);
    for (const [name, { value }] of Object.entries(message.data)) {
      const most = MAX_VALUE_CHARACTERS.get(name.replace(/\d+$/, "")) ?? Infinity;
      checkLength(`The value of ${name}`, value, most);
    }
    await this.#caller.call("POST", SEND_PATH, { body: message });
  }

  /**
   * Sends a one-time message to a user who has agreed at `oneTimeUrl`: one for each scene that the user agreed to. A call
   * without an answer is not repeated, for the user might get it twice.
   *
   * @throws {ApiInputError} when there is no user or template, or scene, title or content are outside of their limits
   * @throws {ApiError} 43101 when the user has not agreed; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/subscribe/api_templatesubscribe
   */
  async sendOneTime(message: OneTimeMessage): Promise<void> {
    const { touser, template_id, scene, title, data } = message;
    checkOpenid(touser);
    checkTemplateId(template_id);
    checkScene(scene);
    checkLength("The title", title, MAX_TITLE_CHARACTERS);
    checkLength("The content", data.content.value, MAX_CONTENT_CHARACTERS);
    await this.#caller.call("POST", SEND_ONE_TIME_PATH, { body: { ...message, scene: String(scene) } });
  }

  /**
   * The page where a user agrees to a one-time message, inside WeChat. No call is made.
   *
   * @throws {ApiInputError} when there is no template, or something is outside of its limits
   * @throws {ConfigError} when the account has no app id
   * @throws {ApiError} 48001 when the account's kind has no one-time messages
   * @see https://developers.weixin.qq.com/doc/service/guide/product/message/One-time_subscription_info.html
   */
  oneTimeUrl({ templateId, scene, redirectUrl, reserved }: SubscribeOptions): string {
    checkTemplateId(templateId);
    checkScene(scene);
    checkReturnAddress("redirectUrl", redirectUrl);
    if (reserved !== undefined) checkState("reserved", reserved);
    this.#caller.checkPage(CONFIRM_PATH);
    const { account } = this.#caller;
    return pageUrl(`${account.webBase ?? WECHAT_WEB_BASE}${CONFIRM_PATH}`, {
      action: "get_confirm",
      appid: appIdOf(account),
      scene,
      template_id: templateId,
      redirect_url: redirectUrl,
      reserved,
    });
  }

  /**
   * The templates of subscription notices that the account may use.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getwxapubnewtemplate
   */
  async templates(): Promise<readonly SubscribeTemplate[]> {
    const { data } = await this.#caller.call<{ data: readonly SubscribeTemplate[] }>("GET", LIST_PATH);
    return data;
  }
}

function checkScene(scene: number): void {
  if (Number.isInteger(scene) && scene >= 0 && scene <= MAX_SCENE) return;
  throw new ApiInputError(`scene is a whole number from 0 to ${MAX_SCENE}; ${scene} is none.`);
}

function checkLength(what: string, value: string, most: number): void {
  const characters = Array.from(value).length;
  if (characters >= 1 && characters <= most) return;
  throw new ApiInputError(
    characters === 0
      ? `${what} is empty.`
      : `${what} has at most ${most} characters; this one has ${characters}.`,
  );
}
