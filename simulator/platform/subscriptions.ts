/**
 * What users have subscribed to. A template is agreed to in a page's or an article's dialog, which the account is told
 * of by a push; a scene of the older one-time messages on a page of WeChat's, of which it is told nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
 * @see https://developers.weixin.qq.com/doc/service/guide/product/message/One-time_subscription_info.html
 */

/** A template of a subscription notice. */
export interface SubscribeTemplate {
  readonly priTmplId: string;
  readonly title: string;
  /** The text, with `{{name.DATA}}` where values go. */
  readonly content: string;
  readonly example: string;
  /** 2: one notice for each time that the user agreed; 3: as many as the account likes. */
  readonly type: 2 | 3;
}

const ID_CHARACTERS = 43;

/** A template to try things with. */
export const SAMPLE_SUBSCRIBE_TEMPLATE: SubscribeTemplate = {
  priTmplId: "simulator-parcel-sent".padEnd(ID_CHARACTERS, "0"),
  title: "发货通知",
  content: "商品名称:{{thing1.DATA}}\n快递单号:{{character_string2.DATA}}\n",
  example: "商品名称:巧克力\n快递单号:SF1234567890\n",
  type: 2,
};

/** The one template of one-time messages, which WeChat gives each account. */
export const ONE_TIME_TEMPLATE_ID = "simulator-one-time".padEnd(ID_CHARACTERS, "0");

/** Templates and consents of one account. */
export class SubscriptionBook {
  readonly #templates = new Map([[SAMPLE_SUBSCRIBE_TEMPLATE.priTmplId, SAMPLE_SUBSCRIBE_TEMPLATE]]);
  /** How many notices a user has agreed to, by openid and template. */
  readonly #notices = new Map<string, number>();
  /** Scenes in which a user has agreed to one message. */
  readonly #scenes = new Set<string>();

  all(): readonly SubscribeTemplate[] {
    return [...this.#templates.values()];
  }

  find(id: string): SubscribeTemplate | undefined {
    return this.#templates.get(id);
  }

  add(template: SubscribeTemplate): void {
    this.#templates.set(template.priTmplId, template);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#templates.delete(id);
  }

  /** What a user decided, as pushes tell it. */
  note(openid: string, push: object): void {
    for (const wrapper of ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"]) {
      for (const { TemplateId, SubscribeStatusString } of decisionsIn(Reflect.get(push, wrapper))) {
        const key = `${openid}\n${TemplateId}`;
        if (SubscribeStatusString === "accept") this.#notices.set(key, (this.#notices.get(key) ?? 0) + 1);
        else this.#notices.delete(key);
      }
    }
  }

  /** Uses up a consent. @returns whether there was one */
  use(openid: string, { priTmplId, type }: SubscribeTemplate): boolean {
    const key = `${openid}\n${priTmplId}`;
    const left = this.#notices.get(key) ?? 0;
    if (left === 0) return false;
    if (type === 2) this.#notices.set(key, left - 1);
    return true;
  }

  /** A user agrees to one message of a scene; agreeing again adds nothing. */
  allowScene(openid: string, scene: string): void {
    this.#scenes.add(`${openid}\n${scene}`);
  }

  /** Uses up a consent. @returns whether there was one */
  useScene(openid: string, scene: string): boolean {
    return this.#scenes.delete(`${openid}\n${scene}`);
  }
}

interface Decision {
  readonly TemplateId: string;
  readonly SubscribeStatusString: string;
}

/** One element is an object, several are a list. */
function decisionsIn(wrapper: unknown): readonly Decision[] {
  if (typeof wrapper !== "object" || wrapper === null) return [];
  const list: unknown = Reflect.get(wrapper, "List");
  return (Array.isArray(list) ? list : [list]).filter(isDecision);
}

function isDecision(value: unknown): value is Decision {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "TemplateId") === "string" &&
    typeof Reflect.get(value, "SubscribeStatusString") === "string"
  );
}
