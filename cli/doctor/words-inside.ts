/** Words for what the Worker finds out about itself and its account. */
import type { FindingCode } from "../../src/accounts/doctor-findings.ts";
import type { Words } from "./words.ts";

export const INSIDE_WORDS = {
  configuration_ok: { en: ["The Worker's configuration holds."], zh: ["Worker 的配置正确。"] },
  configuration_fault: {
    en: [
      "The Worker's configuration does not hold: {fault}.",
      "",
      "Set it with `npx wrangler secret put`, or here in .dev.vars.",
    ],
    zh: ["Worker 的配置有误：{fault}。", "", "用 npx wrangler secret put 设置；本地在 .dev.vars 中设置。"],
    page: "messages/token-verification-failed",
  },
  setting_fault: {
    en: ["A setting is not valid, so its default is used: {fault}.", "", "Correct or remove it."],
    zh: ["某项设置无效，已使用默认值：{fault}。", "", "请改正或删除。"],
    page: "connect",
  },
  example_value: {
    en: [
      "An example's value was never replaced: {fault}.",
      "Such values are public: anybody can sign with them.",
      "Set one of your own.",
    ],
    zh: ["示例值没有被替换：{fault}。", "示例值是公开的，任何人都能用它签名。", "请设置自己的值。"],
    page: "messages/token-verification-failed",
  },
  value_trimmed: {
    en: [
      "{variable} had blanks around it; they were cut.",
      "A slip of copying.",
      "Set it again without them; look at the same value in the console.",
    ],
    zh: ["{variable} 两端有空白，已自动去除。", "复制时带入了空白。", "请重新设置，并检查后台的同一项。"],
    page: "messages/token-verification-failed",
  },
  aes_key_loose_bits: {
    en: [
      "{variable}: its last character carries two bits that are not used. WeChat's own keys often do.",
      "Only if it was typed by hand, the last character may be wrong.",
    ],
    zh: [
      "{variable} 的最后一个字符含有两个无效位，微信生成的密钥常常如此。",
      "如果是手工输入的，最后一个字符可能有误。",
    ],
    page: "messages/token-verification-failed",
  },
  previous_token_set: {
    en: ["{variable} is set: the old Token is accepted as well.", "", "Remove it when the change is done."],
    zh: ["已设置 {variable}：旧 Token 仍被接受。", "", "更换完成后请删除。"],
    page: "connect",
  },
  previous_key_set: {
    en: [
      "{variable} is set: the old EncodingAESKey opens pushes as well.",
      "",
      "Remove it when the change is done.",
    ],
    zh: ["已设置 {variable}：旧 EncodingAESKey 仍可解密。", "", "更换完成后请删除。"],
    page: "connect",
  },
  mode_plain: {
    en: [
      "Plain mode: nothing signs the body of a push (a key is set: {hasKey}).",
      "",
      "Use secure mode (安全模式) where the console offers it.",
    ],
    zh: ["明文模式：推送的正文没有签名保护（是否已有密钥：{hasKey}）。", "", "后台支持时请改用安全模式。"],
    page: "connect",
  },
  kind_default: {
    en: [
      "No WECHAT_ACCOUNT_KIND: taken for {kind}, which has the fewest rights.",
      "",
      "Set what the account is.",
    ],
    zh: ["没有设置 WECHAT_ACCOUNT_KIND：按权限最少的 {kind} 处理。", "", "请设置实际的账号类型。"],
    page: "accounts/README",
  },
  no_app_secret: {
    en: ["No AppSecret: WeChat's API was not tried. Passive replies need none."],
    zh: ["没有 AppSecret：未检查微信接口。被动回复不需要它。"],
    page: "accounts/README",
  },
  token_ok: { en: ["An access token is to be had ({source})."], zh: ["可以取得 access_token（{source}）。"] },
  token_refused: {
    en: [
      "WeChat refuses an access token: {errcode} ({errmsg}).",
      "App id or AppSecret of the Worker is wrong, or was reset.",
      "Compare WECHAT_APP_ID and WECHAT_APP_SECRET with the console.",
    ],
    zh: [
      "微信拒绝发放 access_token：{errcode}（{errmsg}）。",
      "Worker 的 AppID 或 AppSecret 有误，或已被重置。",
      "请与后台核对 WECHAT_APP_ID 和 WECHAT_APP_SECRET。",
    ],
    page: "messages/README",
  },
  ip_not_allowed: {
    en: [
      "WeChat does not allow the address that the Worker calls from: {ip} (40164).",
      "It is not in the IP list of the console, and a Worker's address changes.",
      "Call by a relay with a fixed address (relay/README.md), and allow that one. Passive replies need none of it.",
    ],
    zh: [
      "微信不允许 Worker 的出口地址 {ip}（40164）。",
      "该地址不在后台的 IP 白名单，而 Worker 的出口地址会变。",
      "请使用固定出口的中继（relay/README.md），并把它加入白名单。被动回复不受影响。",
    ],
    page: "messages/40164",
  },
  api_unreachable: {
    en: [
      "WeChat's API gave the Worker no answer ({call}: {code}).",
      "The relay, or WECHAT_API_BASE, is down or wrong; or WeChat is.",
      "Check WECHAT_API_BASE and the relay.",
    ],
    zh: [
      "Worker 调用微信接口没有应答（{call}：{code}）。",
      "中继或 WECHAT_API_BASE 有误或不可用，或微信侧故障。",
      "请检查 WECHAT_API_BASE 和中继。",
    ],
    page: "messages/README",
  },
  relay_refused: {
    en: [
      "The relay refuses the Worker ({code}).",
      "WECHAT_RELAY_SECRET differs from the relay's RELAY_SECRET, or a clock is off.",
      "Set both the same.",
    ],
    zh: [
      "中继拒绝了 Worker（{code}）。",
      "WECHAT_RELAY_SECRET 与中继的 RELAY_SECRET 不同，或时钟不准。",
      "请设置为相同的值。",
    ],
    page: "connect",
  },
  callback_check_dns: {
    en: ["WeChat resolves the callback's name to {ip} ({operator})."],
    zh: ["微信把回调域名解析为 {ip}（{operator}）。"],
  },
  callback_check_no_dns: {
    en: [
      "WeChat finds no address for the callback's name.",
      "The record is missing or polluted where WeChat looks.",
      "Use a custom domain whose DNS answers in the mainland.",
    ],
    zh: ["微信解析不到回调域名。", "缺少记录，或在微信所在网络被污染。", "请使用在大陆可解析的自定义域名。"],
    page: "messages/url-timeout",
  },
  callback_check_ping: {
    en: ["WeChat's ping to {ip} ({operator}): {loss} lost."],
    zh: ["微信 ping {ip}（{operator}）：丢包 {loss}。"],
    page: "messages/url-timeout",
  },
  callback_check_unavailable: {
    en: [
      "WeChat did not check the callback: {errcode} ({errmsg}).",
      "40201: the console has no URL yet.",
      "Enter and enable the URL (启用服务器配置).",
    ],
    zh: [
      "微信没有检测回调地址：{errcode}（{errmsg}）。",
      "40201：后台还没有填写 URL。",
      "请填写并启用服务器配置。",
    ],
    page: "messages/url-timeout",
  },
  quota: {
    en: ["{path}: {used} of {limit} calls used today."],
    zh: ["{path}：今天已用 {used}/{limit} 次。"],
    page: "messages/45009",
  },
  quota_unavailable: {
    en: ["The quota of {path} could not be asked for: {errcode} ({errmsg})."],
    zh: ["无法查询 {path} 的额度：{errcode}（{errmsg}）。"],
    page: "messages/README",
  },
  server_ips: {
    en: ["WeChat's pushes come from {count} networks ({first} …)."],
    zh: ["微信推送来自 {count} 个网段（{first} 等）。"],
  },
  object_ok: { en: ["Durable Objects answer ({binding})."], zh: ["Durable Object 正常（{binding}）。"] },
  object_unreachable: {
    en: [
      "The Durable Object {binding} does not answer: {message}",
      "A migration is missing, the plan's limit is used up, or Cloudflare has an outage.",
      "Look at the Worker's log and at the costs page's limits; deploy again.",
    ],
    zh: [
      "Durable Object {binding} 没有应答：{message}",
      "缺少迁移、额度用完，或 Cloudflare 故障。",
      "请查看 Worker 日志和额度，然后重新部署。",
    ],
    page: "costs",
  },
  queue_ok: { en: ["The queue of deferred work is there."], zh: ["队列正常。"] },
  queue_unreachable: {
    en: [
      "The queue of deferred work does not answer: {message}",
      "The plan's limit is used up, or Cloudflare has an outage.",
    ],
    zh: ["队列没有应答：{message}", "额度用完，或 Cloudflare 故障。"],
    page: "costs",
  },
  queue_missing: {
    en: [
      "The binding {binding} (a queue) is missing: deferred work cannot run.",
      "wrangler.toml lacks it.",
      "Put it back, and deploy.",
    ],
    zh: ["缺少队列绑定 {binding}：延后任务无法运行。", "wrangler.toml 中没有。", "请补上并重新部署。"],
    page: "connect",
  },
  kv_ok: { en: ["KV answers."], zh: ["KV 正常。"] },
  kv_unreachable: {
    en: ["KV does not answer: {message}", "ctx.shared fails meanwhile; replies do not depend on it."],
    zh: ["KV 没有应答：{message}", "ctx.shared 暂不可用；回复不受影响。"],
    page: "costs",
  },
  kv_missing: {
    en: [
      "The binding {binding} (KV) is missing: ctx.shared fails.",
      "wrangler.toml lacks it.",
      "Put it back, and deploy.",
    ],
    zh: ["缺少 KV 绑定 {binding}：ctx.shared 不可用。", "wrangler.toml 中没有。", "请补上并重新部署。"],
    page: "connect",
  },
  binding_missing: {
    en: ["The binding {binding} is missing.", "wrangler.toml lacks it.", "Put it back, and deploy."],
    zh: ["缺少绑定 {binding}。", "wrangler.toml 中没有。", "请补上并重新部署。"],
    page: "connect",
  },
  refusals: {
    en: [
      "{total} requests were refused so far, the last one: {reason} ({fact}).",
      "The doctor's own tries of earlier runs count as well.",
      "npm run doctor -- --refused lists them.",
    ],
    zh: [
      "至今拒绝过 {total} 个请求，最近一次：{reason}（{fact}）。",
      "其中包括以前运行本命令时的试探。",
      "npm run doctor -- --refused 可查看列表。",
    ],
    page: "messages/token-verification-failed",
  },
  no_refusals: { en: ["No request was refused so far."], zh: ["至今没有被拒绝的请求。"] },
} as const satisfies Record<FindingCode, Words>;
