/** What is to be entered on WeChat's page, in the order in which it asks. */
import type { Mode } from "../../src/accounts/account.ts";
import type { Answers } from "./answers.ts";
import { kindChoice } from "./kinds.ts";

const MODE_NAMES: Readonly<Record<Mode, string>> = {
  secure: "安全模式（推荐）",
  compatible: "兼容模式",
  plain: "明文模式",
};

/** The lines that a person copies from, secrets included: they are printed last, and once. */
export function consolePageLines(url: string, { kind, mode, variables }: Answers): readonly string[] {
  const { page } = kindChoice(kind);
  const key = variables["WECHAT_ENCODING_AES_KEY"];
  const asksForMode = kind !== "test" || mode !== "plain";
  return [
    "",
    "Now enter this at WeChat · 现在到微信后台依次填写",
    `  ${page.address}`,
    ...page.ways.map((way) => `  ${way}`),
    "",
    `  服务器地址(URL)                 ${url}`,
    `  令牌(Token)                     ${variables["WECHAT_TOKEN"] ?? ""}`,
    ...(mode === "plain" || key === undefined ? [] : [`  消息加解密密钥(EncodingAESKey)  ${key}`]),
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
