/** Which calls want a right that not every kind of account has, and the refusal of those that an account lacks. */
import type { AccountKind } from "../../accounts/account.ts";
import { DEFAULT_ACCOUNT } from "../../accounts/definitions.ts";
import { kindsWith, lacks, type Right } from "../../accounts/rights.ts";
import { ApiError } from "../../errors.ts";
import type { ApiAccount } from "./api-account.ts";

/**
 * Calls, and pages that a browser is sent to. What is not here every account may call, or nobody knows: it is asked.
 * `/sns/userinfo` and `/sns/auth` go by a user's grant, which other applications of the same owner may have got.
 */
const RIGHTS: Readonly<Record<string, Right>> = {
  "/cgi-bin/message/custom/send": "customerService",
  "/cgi-bin/message/custom/typing": "customerService",
  "/cgi-bin/media/upload": "media",
  "/cgi-bin/media/get": "media",
  "/cgi-bin/media/uploadimg": "media",
  "/cgi-bin/material/add_material": "media",
  "/cgi-bin/material/get_material": "media",
  "/cgi-bin/material/del_material": "media",
  "/cgi-bin/material/get_materialcount": "media",
  "/cgi-bin/material/batchget_material": "media",
  "/cgi-bin/menu/create": "menu",
  "/cgi-bin/menu/get": "menu",
  "/cgi-bin/menu/delete": "menu",
  "/cgi-bin/menu/addconditional": "conditionalMenus",
  "/cgi-bin/menu/delconditional": "conditionalMenus",
  "/cgi-bin/menu/trymatch": "conditionalMenus",
  "/cgi-bin/user/info": "users",
  "/cgi-bin/user/info/batchget": "users",
  "/cgi-bin/user/get": "users",
  "/cgi-bin/user/info/updateremark": "users",
  "/cgi-bin/tags/members/getblacklist": "users",
  "/cgi-bin/tags/members/batchblacklist": "users",
  "/cgi-bin/tags/members/batchunblacklist": "users",
  "/cgi-bin/tags/create": "tags",
  "/cgi-bin/tags/get": "tags",
  "/cgi-bin/tags/update": "tags",
  "/cgi-bin/tags/delete": "tags",
  "/cgi-bin/tags/getidlist": "tags",
  "/cgi-bin/tags/members/batchtagging": "tags",
  "/cgi-bin/tags/members/batchuntagging": "tags",
  "/cgi-bin/user/tag/get": "tags",
  "/cgi-bin/qrcode/create": "qrCodes",
  "/connect/oauth2/authorize": "webLogin",
  "/sns/oauth2/access_token": "webLogin",
  "/sns/oauth2/refresh_token": "webLogin",
  "/cgi-bin/message/template/send": "templates",
  "/cgi-bin/template/get_all_private_template": "templates",
  "/cgi-bin/template/api_add_template": "templates",
  "/cgi-bin/template/del_private_template": "templates",
  "/cgi-bin/message/subscribe/bizsend": "notices",
  "/wxaapi/newtmpl/gettemplate": "notices",
  "/wxaapi/newtmpl/addtemplate": "notices",
  "/wxaapi/newtmpl/deltemplate": "notices",
  "/cgi-bin/message/template/subscribe": "oneTimeMessages",
  "/mp/subscribemsg": "oneTimeMessages",
};
const RIGHT_OF: ReadonlyMap<string, Right> = new Map(Object.entries(RIGHTS));

/** What of an account decides. */
export type KindOfAccount = Pick<ApiAccount, "id" | "kind" | "appId" | "accessTokenSource">;

/** Parameters of a call's query. Values of `undefined` are left out. */
export type CallQuery = Readonly<Record<string, string | number | undefined>>;

/** The right that a call wants and the account's kind does not have; `undefined` when WeChat is to be asked. */
function missingRight(
  { kind, appId, accessTokenSource }: KindOfAccount,
  path: string,
  query: CallQuery,
): Right | undefined {
  const right = RIGHT_OF.get(path);
  if (right === undefined || !lacks(kind, right)) return undefined;
  // A token server's tokens may be those of a third-party platform, which has the menu of accounts that are not verified.
  if (right === "menu" && accessTokenSource.kind === "url") return undefined;
  // Logins of a website or an app come by the same paths.
  if (query["appid"] !== undefined && query["appid"] !== appId) return undefined;
  return right;
}

/** Whether the account's kind may have that call. */
export function mayHave(account: KindOfAccount, path: string): boolean {
  return missingRight(account, path, {}) === undefined;
}

/** @throws {ApiError} 48001, `lacking`, when the account's kind does not have that call or page */
export function checkKind(account: KindOfAccount, path: string, query: CallQuery = {}): void {
  const right = missingRight(account, path, query);
  if (right !== undefined) throw lackingError(account, path, right);
}

const NO_RIGHT = 48001;

const NAMES: Readonly<Record<AccountKind, string>> = {
  personal: "个人订阅号",
  subscription: "已认证订阅号",
  "service-unverified": "未认证服务号",
  service: "已认证服务号",
  test: "测试号",
};

function lackingError({ id, kind }: KindOfAccount, path: string, right: Right): ApiError {
  const setting = id === DEFAULT_ACCOUNT ? "WECHAT_ACCOUNT_KIND" : `ACCOUNTS.${id}.kind`;
  const kinds = kindsWith(right);
  const errmsg = `${setting} is "${kind}", which does not have it; ${kinds.join(", ")} do`;
  const en = `An account of kind "${kind}" does not have this call, so WeChat was not asked; ${kinds.join(", ")} do. Set ${setting} right if it is another kind; otherwise the account has to become one of these (微信认证).`;
  const zh = `「${NAMES[kind]}」没有这个接口，未向微信发起请求；有此接口的是：${kinds.map((one) => NAMES[one]).join("、")}。若账号其实是其他类型，请改正 ${setting}；否则需先认证或升级为上述类型。`;
  return new ApiError(NO_RIGHT, errmsg, {
    path,
    reaction: "permission",
    hint: `${en} ${zh} (docs/accounts/README.md)`,
    lacking: true,
  });
}
