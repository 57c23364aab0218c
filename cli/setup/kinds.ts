/** The kinds of account as the wizard offers them: what exists for each, and the page where its URL is entered. */
import { ACCOUNT_KINDS, type AccountKind } from "../../src/accounts/account.ts";

/** What a person needs to know to recognise the own account. */
export interface KindChoice {
  readonly kind: AccountKind;
  /** Its name at WeChat. */
  readonly zhName: string;
  /** What exists for it, in English and Chinese. */
  readonly what: readonly [en: string, zh: string];
  /** Where the URL is entered. */
  readonly page: ConsolePage;
}

/** A page of WeChat's console. */
export interface ConsolePage {
  readonly address: string;
  /** The ways through its menus: WeChat moves them. */
  readonly ways: readonly string[];
}

/** WeChat's developer platform calls subscription accounts 公众号. */
function consolePage(product: "公众号" | "服务号"): ConsolePage {
  return {
    address: "https://developers.weixin.qq.com/platform/",
    ways: [
      `我的业务 → ${product} → 消息与事件推送`,
      "旧后台 https://mp.weixin.qq.com: 设置与开发 → 基本配置 → 服务器配置 → 修改配置",
    ],
  };
}

/** A test account has a page of its own, with a URL and a Token only. */
const SANDBOX: ConsolePage = {
  address: "https://mp.weixin.qq.com/debug/cgi-bin/sandbox?t=sandbox/login",
  ways: ["接口配置信息 → 修改"],
};

const CHOICES: Readonly<Record<AccountKind, Omit<KindChoice, "kind">>> = {
  personal: {
    zhName: "个人或未认证订阅号",
    what: ["passive replies only", "仅被动回复"],
    page: consolePage("公众号"),
  },
  subscription: {
    zhName: "已认证订阅号",
    what: ["passive replies, customer service, menu, media", "被动回复、客服消息、菜单、素材"],
    page: consolePage("公众号"),
  },
  "service-unverified": {
    zhName: "未认证服务号",
    what: ["passive replies, menu", "被动回复、菜单"],
    page: consolePage("服务号"),
  },
  service: {
    zhName: "已认证服务号",
    what: ["all: also QR codes, web login, templates", "全部接口，含带参二维码、网页授权、模板消息"],
    page: consolePage("服务号"),
  },
  test: {
    zhName: "接口测试号",
    what: ["all, for 100 testers; usually plain mode", "全部接口，限 100 名测试者，通常为明文模式"],
    page: SANDBOX,
  },
};

/** All kinds, in the order of `ACCOUNT_KINDS`. */
export const KIND_CHOICES: readonly KindChoice[] = ACCOUNT_KINDS.map(kindChoice);

/** What is known of one kind. */
export function kindChoice(kind: AccountKind): KindChoice {
  return { kind, ...CHOICES[kind] };
}
