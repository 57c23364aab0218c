/** The catalog's codes in words, for docstrings and for the table. */
import type { CatalogRow, Push } from "./catalog.ts";

/** The command that writes the generated files, named in each of them. */
export const COMMAND = "npm run generate";

const PRODUCT_NAMES: Readonly<Record<string, string>> = {
  oa: "Official Account (公众号)",
  mini: "mini program (小程序)",
  openapp: "mobile or website app (移动应用、网站应用)",
  component: "third-party platform (第三方平台)",
  store: "WeChat Store (微信小店)",
  minishop: "mini shop (自定义交易组件)",
  "wecom-app": "WeCom app (企业微信应用)",
  "wecom-kf": "WeCom customer service (微信客服)",
  "wecom-aibot": "WeCom AI bot (智能机器人)",
  "wecom-pay": "WeCom payments (对外收款)",
  "wecom-suite": "WeCom suite (第三方应用)",
  "wecom-provider": "WeCom service provider (服务商)",
};

const ANSWERS: Readonly<Record<string, string>> = {
  passive: "a passive reply",
  success: "`success` or nothing",
  structured: "the body that its page describes",
  pull: "nothing: it is fetched by API",
  bot: "a message of the bot",
  "bot-stream": "the next part of the stream",
  "bot-welcome": "a welcome message",
  "bot-card-update": "an updated card",
  empty: "nothing",
};

/** A product's name in English and Chinese. */
export function productName(product: string): string {
  return wordFor(PRODUCT_NAMES, product);
}

/** What the response to a push may hold. */
export function answerTo(rows: readonly CatalogRow[]): string {
  const answers = rows.map(({ reply, deadlineMs }) => {
    const answer = wordFor(ANSWERS, reply);
    return deadlineMs === undefined ? answer : `${answer} within ${deadlineMs} ms`;
  });
  return [...new Set(answers)].join(", or ");
}

/** The catalog's remarks, each after the row that it is about when the push has several. */
export function notesOf({ kind, products, rows }: Push): string[] {
  return rows.flatMap(({ product, changeType, variant, note, legacy }) => {
    const text = [legacy ? "legacy" : "", note ?? ""].filter((part) => part !== "").join("; ");
    if (text === "") return [];
    const labels = [
      products.length > 1 ? product : undefined,
      kind.changeType === undefined ? changeType : undefined,
      variant,
    ].filter((label) => label !== undefined);
    return [labels.length === 0 ? text : `\`${labels.join(" ")}\`: ${text}`];
  });
}

/** Where the rows were read: addresses of pages, or the names of SDK classes. */
export function sourcesOf(rows: readonly CatalogRow[]): string[] {
  return [...new Set(rows.map((row) => row.source))];
}

function wordFor(words: Readonly<Record<string, string>>, code: string): string {
  const word = words[code];
  if (word === undefined) throw new Error(`scripts/pushes/words.ts has no word for the catalog's "${code}".`);
  return word;
}
