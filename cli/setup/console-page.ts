/** What is to be entered on WeChat's page, in the order in which it asks. */
import type { Mode } from "../../src/accounts/account.ts";
import { DEV_VARS } from "../variables.ts";
import type { Answers } from "./answers.ts";
import { kindChoice } from "./kinds.ts";

const MODE_NAMES: Readonly<Record<Mode, string>> = {
  secure: "安全模式（推荐）",
  compatible: "兼容模式",
  plain: "明文模式",
};

/**
 * The lines that a person copies from: they are printed last, and once.
 *
 * @param showsSecrets whether Token and key stand there. Elsewhere than at a terminal the lines may be kept, in a log of CI
 *   for one: there it is said where the values are
 */
export function consolePageLines(
  url: string,
  { kind, mode, variables }: Answers,
  showsSecrets: boolean,
): readonly string[] {
  const { page } = kindChoice(kind);
  const secret = (name: string): string =>
    showsSecrets ? (variables[name] ?? "") : `${name} in · 见 ${DEV_VARS}`;
  const hasKey = mode !== "plain" && variables["WECHAT_ENCODING_AES_KEY"] !== undefined;
  const asksForMode = kind !== "test" || mode !== "plain";
  return [
    "",
    "Now enter this at WeChat · 现在到微信后台依次填写",
    `  ${page.address}`,
    ...page.ways.map((way) => `  ${way}`),
    "",
    `  服务器地址(URL)                 ${url}`,
    `  令牌(Token)                     ${secret("WECHAT_TOKEN")}`,
    ...(hasKey ? [`  消息加解密密钥(EncodingAESKey)  ${secret("WECHAT_ENCODING_AES_KEY")}`] : []),
    ...(asksForMode ? [`  消息加解密方式                  ${MODE_NAMES[mode]}`] : []),
    ...(mode === "plain" && asksForMode
      ? ["  (消息加解密密钥: let the page make one; it is not used · 页面要求时随机生成即可，明文模式不使用)"]
      : []),
    "",
    kind === "test"
      ? "Submit: WeChat asks the URL at once. · 提交后微信会立即访问该地址。"
      : "Submit, then 启用: the console's own keyword replies and menu stop then. · 提交后点「启用」，后台自带的自动回复与自定义菜单随即失效。",
    `More · 更多: docs/accounts/${kind}.md · docs/accounts/${kind}.zh-CN.md`,
  ];
}
