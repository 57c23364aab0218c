/**
 * The check that WeChat makes of a callback URL when the console's form is saved.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
 */
import { send, type SendingOptions } from "./attempt.ts";
import { bilingual, type FaultReason, faultOf } from "./faults.ts";
import { signedUrlCheck, type SigningOptions } from "./signed-push.ts";

/** What came of a check. `fault` says why it failed, in English and Chinese. */
export type UrlCheck =
  | { readonly ok: true; readonly url: string; readonly durationMs: number }
  | {
      readonly ok: false;
      readonly url: string;
      readonly durationMs: number;
      readonly fault: string;
      readonly reason: FaultReason | "echo_differs" | "redirect";
      /** Of the response, where there was one. */
      readonly status?: number;
      /** What came back instead of echostr, cut short. */
      readonly body?: string;
    };

const MAX_SHOWN_CHARACTERS = 500;

/**
 * Checks a callback URL: it must answer with `echostr`, byte for byte, within five seconds and without a redirect.
 *
 * @throws {TypeError} when the URL is none
 */
export async function checkUrl(
  options: SigningOptions & SendingOptions & { readonly echostr?: string | undefined },
): Promise<UrlCheck> {
  const signed = await signedUrlCheck(options);
  const { durationMs, answer } = await send(signed, options);
  const { url, echostr } = signed;
  if ("reason" in answer) return { ok: false, url, durationMs, ...answer };
  const { status, body } = answer;
  if (status === 200 && body === echostr) return { ok: true, url, durationMs };
  const failed = { ok: false, url, durationMs, status, body: body.slice(0, MAX_SHOWN_CHARACTERS) } as const;
  if (status >= 300 && status < 400) {
    return { ...failed, reason: "redirect", fault: bilingual(REDIRECT, [status]) };
  }
  if (status !== 200)
    return { ...failed, ...faultOf(status < 500 || status === 503 ? "refused" : "status", status) };
  return { ...failed, reason: "echo_differs", fault: bilingual(differenceOf(body, echostr)) };
}

const REDIRECT = ["status $1: WeChat does not follow redirects", "状态码 $1：微信不会跟随重定向"] as const;

function differenceOf(body: string, echostr: string): readonly [en: string, zh: string] {
  if (body.startsWith("\uFEFF")) return ["a byte order mark stands before echostr", "echostr 前面多了 BOM"];
  if (body.trim() === echostr) return ["blanks or line breaks around echostr", "echostr 前后多了空格或换行"];
  if (body === JSON.stringify(echostr)) return ["echostr stands in quotes", "echostr 外面多了引号"];
  if (/^\s*</.test(body)) {
    return [
      "an HTML page instead of echostr: a gateway's own page, or another path?",
      "返回的是 HTML 页面而不是 echostr：网关页面，或路径不对？",
    ];
  }
  return ["the answer is not echostr", "返回的内容不是 echostr"];
}
