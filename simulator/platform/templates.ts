/** Templates of notices that an account has, and what it has sent by them. */
import { randomText } from "../random-text.ts";
import { Recent } from "../recent.ts";

/** A template as `get_all_private_template` tells it. */
export interface Template {
  readonly template_id: string;
  readonly title: string;
  readonly primary_industry: string;
  readonly deputy_industry: string;
  /** The text, with `{{name.DATA}}` where values go. */
  readonly content: string;
  readonly example: string;
}

/** The account may have so many. */
export const MAX_TEMPLATES = 25;
const ID_CHARACTERS = 43;
const MAX_SENT = 10_000;
/** WeChat promises no more. */
const SAME_ID_MS = 600_000;

/** A template to try things with. */
export const SAMPLE_TEMPLATE: Template = {
  template_id: "simulator-order-paid".padEnd(ID_CHARACTERS, "0"),
  title: "订单支付成功通知",
  primary_industry: "",
  deputy_industry: "",
  content: "订单编号：{{character_string1.DATA}}\n支付金额：{{amount2.DATA}}\n支付时间：{{time3.DATA}}\n",
  example: "订单编号：20260101001\n支付金额：39.80元\n支付时间：2026年1月1日 12:00\n",
};

/** Templates of one account. */
export class TemplateBook {
  readonly #templates = new Map<string, Template>([[SAMPLE_TEMPLATE.template_id, SAMPLE_TEMPLATE]]);
  readonly #sent = new Recent<{ readonly id: number; readonly at: number }>(MAX_SENT);

  all(): readonly Template[] {
    return [...this.#templates.values()];
  }

  find(id: string): Template | undefined {
    return this.#templates.get(id);
  }

  add(template: Template): void {
    this.#templates.set(template.template_id, template);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#templates.delete(id);
  }

  /** Id of the notice that was sent to a user under the same `client_msg_id` in the last ten minutes. */
  sentBefore(openid: string, clientId: string, now: number): number | undefined {
    const sent = this.#sent.get(`${openid}\n${clientId}`);
    return sent !== undefined && now - sent.at < SAME_ID_MS ? sent.id : undefined;
  }

  noteSent(openid: string, clientId: string, sent: { readonly id: number; readonly at: number }): void {
    this.#sent.keep(`${openid}\n${clientId}`, sent);
  }
}

/** A new id of a template, of the length and alphabet of the real ones. */
export function newTemplateId(): string {
  return randomText(ID_CHARACTERS);
}
