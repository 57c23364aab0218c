/**
 * Template messages: notices that a verified service account may send without being asked first.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
 */
import { ApiInputError } from "../../errors.ts";
import type { ApiCaller } from "../request/caller.ts";
import { checkOpenid } from "./openids.ts";

/** What stands in one place of a template. */
export interface TemplateValue {
  readonly value: string;
  /** `#173177`. */
  readonly color?: string;
}

/** Values by the names of a template's places: `{ thing1: { value: "巧克力" } }` for `{{thing1.DATA}}`. */
export type TemplateData = Readonly<Record<string, TemplateValue>>;

/** A page of a mini program that is linked to the account. */
export interface LinkedMiniProgram {
  readonly appid: string;
  /** `index?foo=bar`. */
  readonly pagepath?: string;
}

/** A template message, as WeChat names its members. */
export interface TemplateMessage {
  /** The openid. */
  readonly touser: string;
  readonly template_id: string;
  /** Where a tap leads. */
  readonly url?: string;
  /** Where a tap leads rather. */
  readonly miniprogram?: LinkedMiniProgram;
  /** Of messages to one user under the same id, WeChat sends one within ten minutes. */
  readonly client_msg_id?: string;
  readonly data: TemplateData;
}

/** A template that the account may use. */
export interface Template {
  readonly template_id: string;
  readonly title: string;
  readonly primary_industry: string;
  readonly deputy_industry: string;
  /** The text, with `{{name.DATA}}` where values go. */
  readonly content: string;
  readonly example: string;
}

const SEND_PATH = "/cgi-bin/message/template/send";
const LIST_PATH = "/cgi-bin/template/get_all_private_template";
const ADD_PATH = "/cgi-bin/template/api_add_template";
const DELETE_PATH = "/cgi-bin/template/del_private_template";

/** Calls of template messages. */
export class Templates {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Sends a template message. Whether it arrives is told later, by the event `TEMPLATESENDJOBFINISH`. A call without an
   * answer is repeated only when the message has a `client_msg_id`: without one the user might get it twice.
   *
   * @returns the message's id, `MsgID` of that event
   * @throws {ApiInputError} when there is no user, no template or no value
   * @throws {ApiError} 43004 when the user does not follow the account; 40037 when there is no such template; and as
   *   every call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
   * @example
   * await ctx.api.templates.send({
   *   touser: openid,
   *   template_id: "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY",
   *   client_msg_id: `paid-${order}`,
   *   data: { thing1: { value: "巧克力" }, amount2: { value: "39.8元" } },
   * });
   */
  async send(message: TemplateMessage, { signal }: { readonly signal?: AbortSignal } = {}): Promise<string> {
    checkOpenid(message.touser);
    checkTemplateId(message.template_id);
    if (Object.keys(message.data).length === 0) {
      throw new ApiInputError("A template message needs a value for at least one place of its template.");
    }
    const { msgid } = await this.#caller.call<{ msgid: unknown }>("POST", SEND_PATH, {
      body: message,
      idempotent: message.client_msg_id !== undefined,
      signal,
    });
    return String(msgid);
  }

  /**
   * The templates that the account may use.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_getalltemplates
   */
  async list(): Promise<readonly Template[]> {
    const { template_list } = await this.#caller.call<{ template_list: readonly Template[] }>(
      "GET",
      LIST_PATH,
    );
    return template_list;
  }

  /**
   * Takes a template from WeChat's library: an account may have 25. A call without an answer is not repeated.
   *
   * @param shortId its number in the library: `47123`, or older ones such as `TM00015`
   * @param keywords what its places are to be, in that order; templates with a mere number need them
   * @returns the template's id
   * @throws {ApiInputError} when the number is empty
   * @throws {ApiError} 45026 when the account has 25; 40246 when the keywords are not in the library; and as every call
   *   does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_addtemplate
   */
  async add(shortId: string, keywords?: readonly string[]): Promise<string> {
    if (shortId === "") throw new ApiInputError("The template's number in the library is empty.");
    const { template_id } = await this.#caller.call<{ template_id: string }>("POST", ADD_PATH, {
      body: {
        template_id_short: shortId,
        ...(keywords === undefined ? {} : { keyword_name_list: keywords }),
      },
    });
    return template_id;
  }

  /**
   * Gives a template up.
   *
   * @throws {ApiInputError} when the id is empty
   * @throws {ApiError} 40037 when there is no such template; and as every call does
   * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
   */
  async delete(templateId: string): Promise<void> {
    checkTemplateId(templateId);
    await this.#caller.call("POST", DELETE_PATH, { body: { template_id: templateId }, idempotent: true });
  }
}

/** @throws {ApiInputError} when the id is empty */
export function checkTemplateId(id: string): void {
  if (id === "") throw new ApiInputError("The template's id is empty.");
}
