/** The lines of a report: a mark, its code, what was found, its likely cause, the cure, and the page about it. */
import type { FindingLevel } from "../../src/accounts/doctor-findings.ts";
import type { AnyFinding } from "./findings.ts";
import { told, type ToldText } from "./telling.ts";

const MARKS = { ok: "✓", note: "·", warning: "!", error: "✗" } as const satisfies Record<
  FindingLevel,
  string
>;

/** The lines of one finding: a line in each language, or one for both where all is well. */
export function findingLines(finding: AnyFinding): string[] {
  const { code, level, texts, page } = told(finding);
  const mark = MARKS[level];
  if (level === "ok") return [`${mark} ${texts.en.what} · ${texts.zh.what}`];
  const [en, zh] = page === undefined ? ["", ""] : [` → ${page}`, ` → ${page.replace(/\.md$/, ".zh-CN.md")}`];
  return [`${mark} ${code}: ${joined(texts.en, " ")}${en}`, `  ${joined(texts.zh, "")}${zh}`];
}

function joined({ what, cause, cure }: ToldText, glue: string): string {
  return [what, cause, cure].filter((part) => part !== undefined).join(glue);
}

/** The last line: how many of which. */
export function summaryLine(findings: readonly AnyFinding[]): string {
  const count = (level: FindingLevel): number => findings.filter((one) => one.level === level).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors > 0) {
    return `✗ ${errors} to mend, ${warnings} to look at · ${errors} 个错误，${warnings} 个警告`;
  }
  return warnings > 0
    ? `✓ nothing is broken, ${warnings} to look at · 没有错误，${warnings} 个警告`
    : "✓ nothing is wrong that can be seen from here · 这里没有看出问题";
}

/** What no program outside of WeChat can see. */
export const UNSEEN_LINES: readonly string[] = [
  "What cannot be seen from here · 这里看不出来的",
  "  - What the console holds: URL, Token, key and mode there, and whether it is enabled. Compare them letter by letter.",
  "    后台填写的 URL、Token、密钥、加解密方式以及是否已启用：请逐字核对。",
  "  - Whether the name resolves where WeChat looks (DNS pollution in the mainland): use a custom domain.",
  "    微信所在网络能否解析该域名（大陆 DNS 污染）：请使用自定义域名。",
  "  - An older authorisation of a third-party platform that answers as well: end it in the console (授权管理).",
  "    以前授权给第三方平台的旧授权也在应答：请在后台的授权管理中取消。",
  "  - WeCom's check of the domain's subject (域名主体校验未通过): the domain's ICP filing must be the company's.",
  "    企业微信的域名主体校验（域名主体校验未通过）：域名备案主体必须与企业一致。",
  "  - The IP list takes up to ten minutes or so to hold, and a URL just saved may be called from the old place meanwhile.",
  "    IP 白名单和新保存的 URL 可能要等几分钟才生效。",
];
