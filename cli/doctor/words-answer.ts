/** Words for who answers at the address. */
import type { OutsideCode } from "./findings.ts";
import type { Words } from "./words.ts";

export const ANSWER_WORDS = {
  connection_refused: {
    en: [
      "Nobody listens on port {port} of {host} ({code}).",
      "The Worker (or the server before it) does not run, or a firewall is in the way.",
      "Start it: npm start here; elsewhere look at the deployment and the firewall.",
    ],
    zh: [
      "{host} 的端口 {port} 没有服务在监听（{code}）。",
      "服务没有启动，或被防火墙拦截。",
      "本机请先运行 npm start；其他环境请检查部署和防火墙。",
    ],
    page: "messages/url-timeout",
  },
  connection_closed: {
    en: [
      "{host} takes the connection and closes it without an answer ({code}).",
      "A firewall or gateway cuts it, or the server behind fails.",
      "Look at the gateway's log; try from another network.",
    ],
    zh: [
      "{host} 接受连接后没有应答就断开（{code}）。",
      "防火墙或网关切断了连接，或后端出错。",
      "请查看网关日志，并换一个网络重试。",
    ],
    page: "messages/service-unavailable",
  },
  connection_failed: {
    en: [
      "No connection to {host} ({code}).",
      "The host cannot be reached from here.",
      "Check the address and this machine's network.",
    ],
    zh: ["无法连接 {host}（{code}）。", "从本机访问不到该主机。", "请检查地址和本机网络。"],
    page: "messages/url-timeout",
  },
  answer_timeout: {
    en: [
      "No answer to a {method} within 5 s.",
      "Something before the Worker is slow or drops the request: a Worker of ours answers within 4.5 s whatever the handler does.",
      "Take the proxy out of the way, or look at its log. On this machine look at npm start: a compile error keeps requests waiting.",
    ],
    zh: [
      "{method} 请求 5 秒内没有应答。",
      "Worker 前面的代理太慢或丢弃了请求：本 Worker 无论如何都会在 4.5 秒内应答。",
      "请绕过该代理，或查看它的日志。本机请看 npm start 的输出：有编译错误时请求会一直等待。",
    ],
    page: "messages/url-timeout",
  },
  answer_slow: {
    en: ["The answer took {ms} ms of WeChat's 5,000.", "The way is long, or a proxy is slow."],
    zh: ["应答用了 {ms} 毫秒（微信最多等 5000）。", "线路较长，或代理较慢。"],
    page: "messages/url-timeout",
  },
  redirect: {
    en: [
      "The URL is redirected ({status}) to {to}.",
      "WeChat follows no redirect, neither to https nor to another spelling of the path.",
      "Enter the address that it leads to, letter for letter; or take the redirect rule away.",
    ],
    zh: [
      "URL 被重定向（{status}）到 {to}。",
      "微信不跟随任何重定向，包括跳转到 https 或增减末尾的斜杠。",
      "请在后台逐字填写最终地址，或去掉重定向规则。",
    ],
    page: "messages/token-verification-failed",
  },
  challenge_page: {
    en: [
      "A gateway answers with a challenge or block page (status {status}, {by}).",
      "It takes WeChat for a robot: Cloudflare's Bot Fight Mode or a WAF rule, or a tunnel's warning page.",
      "Bot Fight Mode cannot be skipped by a rule: switch it off, or allow WeChat's addresses under IP Access rules.",
    ],
    zh: [
      "网关返回了质询或拦截页面（状态码 {status}，{by}）。",
      "网关把微信当成了机器人：Cloudflare 的 Bot Fight Mode、WAF 规则，或隧道的警告页。",
      "Bot Fight Mode 无法用规则跳过：请关闭，或在 IP 访问规则中放行微信的地址。",
    ],
    page: "connect",
  },
  login_page: {
    en: [
      "Somebody else's login stands before the Worker (status {status}, {to}).",
      "The path is protected: Cloudflare Access, a gateway's single sign-on, or basic authentication.",
      "Leave the callback path out of that protection.",
    ],
    zh: [
      "Worker 前面有登录验证（状态码 {status}，{to}）。",
      "该路径受保护：Cloudflare Access、网关单点登录或 Basic 认证。",
      "请让回调路径不经过登录验证。",
    ],
    page: "connect",
  },
  server_error: {
    en: [
      "Status {status} to a {method}, and not from the Worker ({by}).",
      "A proxy before it does not reach it, or the Worker does not start (Cloudflare: 1101, 522, 530).",
      "Look at the proxy's log, and at `npx wrangler tail`.",
    ],
    zh: [
      "{method} 请求得到状态码 {status}，不是 Worker 返回的（{by}）。",
      "前面的代理连不上 Worker，或 Worker 启动失败（Cloudflare：1101、522、530）。",
      "请查看代理日志和 npx wrangler tail。",
    ],
    page: "messages/service-unavailable",
  },
  gateway_refused: {
    en: [
      "Status {status} to a {method}, and not from the Worker ({by}).",
      "A gateway before it refuses the request.",
      "Let GET and POST of the callback path through.",
    ],
    zh: [
      "{method} 请求得到状态码 {status}，不是 Worker 返回的（{by}）。",
      "前面的网关拒绝了请求。",
      "请放行回调路径的 GET 和 POST。",
    ],
    page: "connect",
  },
  path_wrong: {
    en: [
      "A wechat-edge Worker answers on {host}, but not at the path {path}.",
      "The path is wrong or missing, or a route sends it elsewhere.",
      "Enter {origin}{expected} in the console.",
    ],
    zh: [
      "{host} 上有 wechat-edge，但路径 {path} 不是回调地址。",
      "路径写错或漏写，或被路由规则转到别处。",
      "请在后台填写 {origin}{expected}。",
    ],
    page: "messages/token-verification-failed",
  },
  worker_not_here: {
    en: [
      "Something else answers on {host}: nothing is there at {path} (404).",
      "The domain leads to another server, or the Worker has no route for it.",
      "Bind the domain to the Worker (Custom Domains), and enter {origin}{expected}.",
    ],
    zh: [
      "{host} 上应答的不是本 Worker：{path} 不存在（404）。",
      "域名指向了别的服务器，或 Worker 没有该域名的路由。",
      "请把域名绑定到 Worker（自定义域名），并填写 {origin}{expected}。",
    ],
    page: "messages/token-verification-failed",
  },
  page_instead: {
    en: [
      "A web page came instead of the echo ({title}).",
      "The domain leads to another site, or a gateway shows a page of its own.",
      "Bind the domain to the Worker, and enter {origin}{expected}.",
    ],
    zh: [
      "返回的是网页而不是 echostr（{title}）。",
      "域名指向了别的网站，或网关显示了自己的页面。",
      "请把域名绑定到 Worker，并填写 {origin}{expected}。",
    ],
    page: "messages/token-verification-failed",
  },
  account_unknown: {
    en: [
      "The Worker has no account at this path.",
      "ACCOUNTS there does not have it, or the path is misspelt (capital letters count).",
      "Add the account to ACCOUNTS of the Worker, or correct the path.",
    ],
    zh: [
      "Worker 上没有该路径的账号。",
      "Worker 的 ACCOUNTS 里没有它，或路径写错（区分大小写）。",
      "请在 Worker 的 ACCOUNTS 中添加，或改正路径。",
    ],
    page: "messages/token-verification-failed",
  },
  worker_misconfigured: {
    en: [
      "The Worker answers, but its configuration is not complete (503).",
      "A secret is missing or has the wrong shape.",
      "Its log line config_invalid, or its page at /, names the variable: set it with `npx wrangler secret put`.",
    ],
    zh: [
      "Worker 有应答，但配置不完整（503）。",
      "缺少某个密钥，或格式不对。",
      "日志 config_invalid 或首页 / 会指出变量名，用 npx wrangler secret put 设置。",
    ],
    page: "messages/token-verification-failed",
  },
  rate_limited: {
    en: [
      "The Worker refuses everything from here for a minute (429).",
      "Too many refused requests came from this address.",
      "Wait a minute, and try again.",
    ],
    zh: ["Worker 暂时拒绝来自这里的请求（429）。", "来自本机地址的被拒请求过多。", "请等一分钟再试。"],
    page: "messages/token-verification-failed",
  },
} as const satisfies Partial<Record<OutsideCode, Words>>;
