/**
 * What WeChat's error numbers mean for us, those of Official Accounts. docs/errcodes.md is generated from this table.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
 */
import type { ApiReaction } from "../../errors.ts";
import { MEDIA_ERRCODES } from "./errcodes-media.ts";
import { USER_ERRCODES } from "./errcodes-users.ts";

/** One number. */
export interface Errcode {
  readonly reaction: ApiReaction;
  /** What it means, in WeChat's language and in English. */
  readonly zh: string;
  readonly en: string;
  /** What to do, where the reaction alone does not say it. */
  readonly todo?: string;
}

/** What is done about a number of each kind. */
export const REACTIONS: Readonly<Record<ApiReaction, string>> = {
  retry: "Repeated by itself, up to three times with growing pauses. If it still fails, try again later.",
  renew_token: "The token is renewed once for all callers and the call repeated once.",
  quota: "The call is closed until midnight in Beijing; `POST /cgi-bin/clear_quota` opens it earlier.",
  window:
    "Not repeated: the user must act first. Answer by the passive reply, or keep it for the next message.",
  permission:
    "Remembered for a day: the account does not have this call. What WECHAT_ACCOUNT_KIND rules out is not asked at all.",
  operator: "Not repeated: somebody must change a setting at WeChat or a credential here.",
  recipient: "Not repeated: this user cannot be reached. Drop the message.",
  input: "Not repeated: the call itself is wrong.",
};

/** The numbers that are known, by number. */
export const ERRCODES: ReadonlyMap<number, Errcode> = new Map(
  Object.entries({
    ...MEDIA_ERRCODES,
    ...USER_ERRCODES,
    "-1": { reaction: "retry", zh: "系统繁忙", en: "system busy" },
    40001: {
      reaction: "renew_token",
      zh: "access_token 无效或不是最新的，或 AppSecret 错误",
      en: "the access token is invalid or not the latest, or the AppSecret is wrong",
      todo: "When it keeps coming, another program fetches tokens by /cgi-bin/token: let it take ours, or use stable_token everywhere.",
    },
    40014: { reaction: "renew_token", zh: "access_token 不合法", en: "the access token is malformed" },
    42001: { reaction: "renew_token", zh: "access_token 超时", en: "the access token has expired" },
    41001: { reaction: "input", zh: "缺少 access_token", en: "the access token is missing" },
    40002: { reaction: "input", zh: "grant_type 不合法", en: "wrong grant_type" },
    40003: {
      reaction: "recipient",
      zh: "openid 不合法，或不属于该公众号",
      en: "the openid is invalid or belongs to another account",
    },
    40008: { reaction: "input", zh: "消息类型不合法", en: "wrong type of message" },
    40013: {
      reaction: "operator",
      zh: "AppID 不合法",
      en: "wrong app id",
      todo: "Compare WECHAT_APP_ID with the console, capital letters included.",
    },
    40125: {
      reaction: "operator",
      zh: "AppSecret 不正确",
      en: "wrong AppSecret",
      todo: "Compare WECHAT_APP_SECRET with the console; a reset there makes a new one.",
    },
    40243: {
      reaction: "operator",
      zh: "AppSecret 已被冻结",
      en: "the AppSecret is frozen",
      todo: "Unfreeze it in the console (设置与开发 → 基本配置).",
    },
    40029: {
      reaction: "input",
      zh: "code 无效",
      en: "invalid OAuth2 code",
      todo: "Send the browser to the authorise page again.",
    },
    40033: {
      reaction: "input",
      zh: "请求中含有 \\uXXXX 转义字符",
      en: "the body has \\uXXXX escapes",
      todo: "JSON must be sent as raw UTF-8.",
    },
    40037: { reaction: "input", zh: "模板 id 不正确", en: "no such template" },
    40164: {
      reaction: "operator",
      zh: "调用接口的 IP 地址不在白名单中",
      en: "the caller's IP is not on the allow-list",
      todo: "Add the IP to 微信开发者平台 → 基础信息 → 开发信息 → API IP白名单 (formerly 设置与开发 → 基本配置). Workers have no fixed IP: see relay/README.md.",
    },
    40163: { reaction: "input", zh: "code 已被使用", en: "the OAuth2 code has been used" },
    41002: { reaction: "input", zh: "缺少 appid 参数", en: "the app id is missing" },
    41004: { reaction: "input", zh: "缺少 secret 参数", en: "the AppSecret is missing" },
    42007: {
      reaction: "input",
      zh: "用户修改微信密码，网页授权的 access_token 失效",
      en: "the user changed the password: the web login's token is void",
    },
    43004: { reaction: "recipient", zh: "需要接收者关注", en: "the recipient must follow the account" },
    43101: { reaction: "recipient", zh: "用户拒绝接受消息", en: "the user has not subscribed to the notice" },
    43116: { reaction: "input", zh: "该模板因滥用被滥用过多，已被限制下发", en: "the template is blocked" },
    44002: { reaction: "input", zh: "POST 的数据包为空", en: "the body is empty" },
    45002: { reaction: "input", zh: "消息内容超过限制", en: "the content is too long" },
    45003: { reaction: "input", zh: "标题字段超过限制", en: "the title is too long" },
    45004: { reaction: "input", zh: "描述字段超过限制", en: "the description is too long" },
    45008: { reaction: "input", zh: "图文消息超过限制", en: "too many articles" },
    45009: { reaction: "quota", zh: "接口调用超过限制", en: "the day's quota of this call is used up" },
    45011: { reaction: "retry", zh: "API 调用太频繁，请稍候再试", en: "called too often" },
    45015: {
      reaction: "window",
      zh: "回复时间超过限制",
      en: "the reply window is closed: 48 h after the user's message, 1 min after a tap, a follow or a scan",
    },
    45047: {
      reaction: "window",
      zh: "客服接口下行条数超过上限",
      en: "too many messages since the user's last action",
    },
    45056: { reaction: "input", zh: "创建的标签数过多", en: "too many tags" },
    45057: {
      reaction: "input",
      zh: "该标签下粉丝数超过 10w，不允许直接删除",
      en: "the tag has too many users",
    },
    45058: {
      reaction: "input",
      zh: "不能修改 0/1/2 这三个系统默认保留的标签",
      en: "tags 0, 1 and 2 are WeChat's own",
    },
    45059: { reaction: "input", zh: "有粉丝身上的标签数已经超过限制", en: "a user has too many tags" },
    45065: {
      reaction: "input",
      zh: "相同 clientmsgid 已存在群发记录",
      en: "a mass send of that clientmsgid exists",
    },
    45072: { reaction: "input", zh: "command 字段取值不对", en: "wrong typing command" },
    45080: {
      reaction: "window",
      zh: "下发输入状态，需要之前 30 秒内跟用户有过消息交互",
      en: "typing shows only within 30 s of the user's last message",
    },
    45081: { reaction: "window", zh: "已经在输入状态，不可重复下发", en: "the typing sign is shown already" },
    45157: { reaction: "input", zh: "标签名非法", en: "the tag's name is taken or not allowed" },
    45158: { reaction: "input", zh: "标签名长度超过 30 个字节", en: "the tag's name has more than 30 bytes" },
    45159: { reaction: "input", zh: "非法的标签", en: "no such tag" },
    47001: { reaction: "input", zh: "解析 JSON/XML 内容错误", en: "the body could not be read" },
    47003: { reaction: "input", zh: "模板参数不准确", en: "the template's data do not fit" },
    48001: {
      reaction: "permission",
      zh: "api 功能未授权",
      en: "the account does not have this call",
    },
    48002: { reaction: "recipient", zh: "粉丝拒收消息", en: "the user refuses messages" },
    48004: {
      reaction: "operator",
      zh: "api 接口被封禁",
      en: "the call is banned for this account",
      todo: "See 接口权限 and the notices in the console.",
    },
    48006: {
      reaction: "quota",
      zh: "api 禁止清零调用次数",
      en: "the ten quota resets of this month are used up",
    },
    48008: {
      reaction: "input",
      zh: "没有该类型消息的发送权限",
      en: "no permission for this type of message",
    },
    50002: { reaction: "operator", zh: "用户受限", en: "the account is restricted" },
    50005: { reaction: "recipient", zh: "用户未关注公众号", en: "the user does not follow the account" },
    61004: {
      reaction: "operator",
      zh: "access clientip is not registered",
      en: "the caller's IP is not registered",
    },
    65400: {
      reaction: "operator",
      zh: "API 不可用，请开启新版客服功能",
      en: "customer service is switched off",
    },
    65401: { reaction: "input", zh: "无效客服帐号", en: "no such customer-service account" },
    89501: {
      reaction: "operator",
      zh: "此 IP 正在等待管理员确认",
      en: "the IP waits for the administrator's word",
    },
    89503: {
      reaction: "operator",
      zh: "此 IP 调用需要管理员确认",
      en: "the IP needs the administrator's word",
    },
    89506: {
      reaction: "operator",
      zh: "24 小时内该 IP 被管理员拒绝调用两次",
      en: "the administrator refused the IP twice",
    },
    89507: {
      reaction: "operator",
      zh: "1 小时内该 IP 被管理员拒绝调用一次",
      en: "the administrator refused the IP",
    },
  } satisfies Record<string, Errcode>).map(([number, entry]) => [Number(number), entry] as const),
);

/** The caller's IP is not allowed, or waits for the administrator: trying again makes it worse. */
export const IP_REFUSALS: ReadonlySet<number> = new Set([40164, 61004, 89501, 89503, 89506, 89507]);

/** Names the address that WeChat saw, in 40164, 61004 and the like. */
const SEEN_IP = /\b(\d{1,3}(?:\.\d{1,3}){3})\b/;

/** What to do about a refusal, for the person who reads the log. */
export function hintOf(errcode: number, errmsg: string): string {
  const entry = ERRCODES.get(errcode);
  if (entry === undefined) return `Look ${errcode} up in WeChat's list of return codes.`;
  const ip = entry.reaction === "operator" ? SEEN_IP.exec(errmsg)?.[1] : undefined;
  const todo = entry.todo ?? REACTIONS[entry.reaction];
  const named = ip === undefined ? todo : todo.replace("the IP", `the IP ${ip}`);
  return `${entry.zh}: ${entry.en}. ${named} (docs/errcodes.md#${errcode})`;
}

/** What a number asks for; one that nobody has met is taken for a fault of the call. */
export function reactionTo(errcode: number): ApiReaction {
  return ERRCODES.get(errcode)?.reaction ?? "input";
}
