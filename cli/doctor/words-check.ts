/** Words for the check of the URL. */
import type { OutsideCode } from "./findings.ts";
import type { Words } from "./words.ts";

export const CHECK_WORDS = {
  url_check_ok: {
    en: ["The check of the URL passes, byte for byte ({ms} ms)."],
    zh: ["URL 校验通过，逐字节一致（{ms} 毫秒）。"],
  },
  echo_altered: {
    en: [
      "The echo was altered on its way back: {how} ({bytes} bytes came).",
      "A proxy, a cache or an optimiser changes the body; WeChat wants every byte as it was.",
      "Switch that off for the callback path: caching, compression of HTML, script injection.",
    ],
    zh: [
      "返回的 echostr 在途中被改动：{how}（收到 {bytes} 字节）。",
      "代理、缓存或页面优化改动了内容；微信要求逐字节一致。",
      "请对回调路径关闭缓存、HTML 压缩和脚本注入。",
    ],
    page: "messages/token-verification-failed",
  },
  query_lost: {
    en: [
      "The Worker gets the request without its parameters (status {status}).",
      "A proxy drops or rewrites the query string (signature, timestamp, nonce, echostr).",
      "Have it pass the query string on: nginx `proxy_pass` without a URI of its own, `$is_args$args` in rewrites.",
    ],
    zh: [
      "Worker 收到的请求缺少参数（状态码 {status}）。",
      "代理丢弃或改写了查询串（signature、timestamp、nonce、echostr）。",
      "请让代理原样转发查询串：nginx 的 proxy_pass 不带 URI，rewrite 时加 $is_args$args。",
    ],
    page: "messages/token-verification-failed",
  },
  token_differs: {
    en: [
      "The Worker does not accept the Token that is known here (also tried: {accepted}).",
      "WECHAT_TOKEN of the Worker is another one: mistyped, a letter too many, or not deployed yet.",
      "Set the same Token in the console, here and in the Worker: `npx wrangler secret put WECHAT_TOKEN`.",
    ],
    zh: [
      "Worker 不接受本机的 Token（另外试过：{accepted}）。",
      "Worker 的 WECHAT_TOKEN 不同：输错、多了字符，或还没有部署。",
      "请让后台、本机和 Worker 三处的 Token 一致：npx wrangler secret put WECHAT_TOKEN。",
    ],
    page: "messages/token-verification-failed",
  },
  account_path_differs: {
    en: [
      'The path {path} belongs to another account than "{account}".',
      "The URL and the account do not fit: its path is {expected}.",
      "Enter {expected}, or examine the other account: --account.",
    ],
    zh: [
      "路径 {path} 不属于账号 “{account}”。",
      "URL 与账号不一致，该账号的路径是 {expected}。",
      "请填写 {expected}，或用 --account 检查另一个账号。",
    ],
    page: "messages/token-verification-failed",
  },
  clock_off: {
    en: [
      "This machine's clock is {seconds} s off; the rest was tried by the Worker's clock.",
      "WeChat's is right, so that is no trouble of the account.",
      "Set the clock right: other commands are refused because of it.",
    ],
    zh: [
      "本机时钟相差 {seconds} 秒，以下检查改用 Worker 的时钟。",
      "微信的时钟是准的，因此不影响公众号。",
      "请校准本机时钟，否则其他命令会被拒绝。",
    ],
    page: "messages/token-verification-failed",
  },
  strangers_refused: {
    en: ["A wrong signature and an old timestamp are refused."],
    zh: ["错误的签名和过期的时间戳都会被拒绝。"],
  },
  forged_accepted: {
    en: [
      "A request with a wrong signature is answered as if it were WeChat's.",
      "Something else than wechat-edge answers there, and believes everybody.",
      "Have the address lead to the Worker.",
    ],
    zh: [
      "签名错误的请求也得到了应答。",
      "应答的不是 wechat-edge，而且不验证签名。",
      "请让该地址指向本 Worker。",
    ],
    page: "connect",
  },
  stale_accepted: {
    en: [
      "A request that was signed {minutes} minutes ago is accepted.",
      "FRESHNESS_SECONDS of the Worker is very large, or a cache answers.",
      "Take FRESHNESS_SECONDS out of the Worker's variables: 300 is enough.",
    ],
    zh: [
      "{minutes} 分钟前签名的请求仍被接受。",
      "Worker 的 FRESHNESS_SECONDS 过大，或由缓存应答。",
      "请删除变量 FRESHNESS_SECONDS，默认 300 秒即可。",
    ],
    page: "connect",
  },
} as const satisfies Partial<Record<OutsideCode, Words>>;
