/** The page of WeChat's error numbers in the docs, from the table that the client acts by. */
import { ERRCODES, REACTIONS } from "../src/api/request/errcodes.ts";
import { COMMAND } from "./pushes/words.ts";

/** The document, unformatted. */
export function errcodesDocument(): string {
  const sections = [...ERRCODES].flatMap(([number, { reaction, zh, en, todo }]) => [
    `<a id="${number}"></a>`,
    "",
    `## ${number} ${escaped(zh)}`,
    "",
    `${capital(escaped(en))}. \`reaction: "${reaction}"\`. ${todo === undefined ? REACTIONS[reaction] : todo}`,
    "",
  ]);
  return [
    `<!-- Generated from src/api/request/errcodes.ts. Do not edit: run \`${COMMAND}\`. -->`,
    "",
    "# WeChat's error numbers · 微信返回码",
    "",
    "What an `ApiError` with that `errcode` means, and what wechat-edge does about it by itself. Numbers that are not",
    "here are treated as `input`; [WeChat's own list](https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html)",
    "has them all. 下面是 `ApiError` 的 `errcode` 的含义，以及 wechat-edge 会自动做什么。",
    "",
    "| reaction | what is done |",
    "| --- | --- |",
    ...Object.entries(REACTIONS).map(([reaction, done]) => `| \`${reaction}\` | ${done} |`),
    "",
    ...sections,
  ].join("\n");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `\uXXXX` and `_` mean something to Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\_*<>]/g, (char) => `\\${char}`);
}
