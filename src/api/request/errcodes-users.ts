/** WeChat's error numbers about users, web login, notices and operations: a part of the table in errcodes.ts. */
import type { Errcode } from "./errcodes.ts";

/** By number. */
export const USER_ERRCODES = {
  40030: {
    reaction: "input",
    zh: "不合法的 refresh_token",
    en: "invalid refresh token of a web login",
    todo: "Send the browser to the authorise page again.",
  },
  40031: { reaction: "input", zh: "不合法的 openid 列表", en: "the list of openids is invalid" },
  40032: { reaction: "input", zh: "不合法的 openid 列表长度", en: "too many openids, or none" },
  40035: { reaction: "input", zh: "不合法的参数", en: "a parameter is invalid" },
  40036: { reaction: "input", zh: "不合法的 template_id 长度", en: "the template_id has a wrong length" },
  40092: { reaction: "input", zh: "备注名不合法", en: "the remark is too long or not allowed" },
  40097: { reaction: "input", zh: "参数错误", en: "an argument is wrong" },
  40201: {
    reaction: "operator",
    zh: "不正确的 URL，一般是开发者未设置回调 URL",
    en: "there is no callback URL",
    todo: "Set it in the console (设置与开发 → 基本配置 → 服务器配置).",
  },
  40202: { reaction: "input", zh: "不正确的 action", en: "wrong action" },
  40203: { reaction: "input", zh: "不正确的 check_operator", en: "wrong check_operator" },
  40246: {
    reaction: "input",
    zh: "关键词为空，或者不在模板库中",
    en: "the template's keywords are missing or not in the library",
  },
  41003: { reaction: "input", zh: "缺少 refresh_token 参数", en: "the refresh token is missing" },
  41008: { reaction: "input", zh: "缺少 oauth code", en: "the OAuth2 code is missing" },
  41009: { reaction: "input", zh: "缺少 openid", en: "the openid is missing" },
  41030: { reaction: "input", zh: "page 路径不正确", en: "there is no such page in the mini program" },
  42002: {
    reaction: "input",
    zh: "refresh_token 超时",
    en: "the refresh token of a web login has expired",
    todo: "Send the browser to the authorise page again.",
  },
  42003: {
    reaction: "input",
    zh: "oauth_code 超时",
    en: "the OAuth2 code has expired",
    todo: "Send the browser to the authorise page again.",
  },
  44004: { reaction: "input", zh: "文本消息内容为空", en: "the text is empty" },
  45026: { reaction: "input", zh: "模板数量超出限制", en: "too many templates" },
  49003: {
    reaction: "recipient",
    zh: "传入的 openid 不属于此 AppID",
    en: "the openid belongs to another account",
  },
  76001: { reaction: "input", zh: "rid 不存在", en: "no such request, or longer ago than seven days" },
  76002: { reaction: "input", zh: "rid 为空或者格式错误", en: "the rid is empty or malformed" },
  76003: { reaction: "input", zh: "当前账号无法查询该 rid", en: "the request was another account's" },
  76021: { reaction: "input", zh: "cgi_path 填错了", en: "no such cgi_path" },
  76022: {
    reaction: "input",
    zh: "当前调用接口使用的 token 与 api 所属账号不符",
    en: "calls of that cgi_path are not counted, or not the account's",
  },
} satisfies Record<string, Errcode>;
