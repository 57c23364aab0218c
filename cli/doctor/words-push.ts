/** Words for what is found by pushes, and on the way inside. */
import type { OutsideCode } from "./findings.ts";
import type { Words } from "./words.ts";

export const PUSH_WORDS = {
  push_ok: {
    en: ["A push in {mode} mode is answered right ({ms} ms)."],
    zh: ["{mode} 模式的推送应答正确（{ms} 毫秒）。"],
  },
  mode_differs: {
    en: [
      "The Worker expects {there} mode, and here the mode is {here}.",
      "WECHAT_MODE differs (without it: secure with a key, else plain).",
      "Set the mode of the console (消息加解密方式) here and in the Worker: WECHAT_MODE.",
    ],
    zh: [
      "Worker 使用 {there} 模式，而本机是 {here} 模式。",
      "WECHAT_MODE 不一致（未设置时：有密钥为 secure，否则 plain）。",
      "请让后台的消息加解密方式、本机和 Worker 的 WECHAT_MODE 一致。",
    ],
    page: "messages/service-unavailable",
  },
  mode_other: {
    en: ["The mode is {here} here and {there} in the Worker: it takes both alike."],
    zh: ["本机是 {here} 模式，Worker 是 {there} 模式：两者都能接收。"],
    page: "messages/service-unavailable",
  },
  key_differs: {
    en: [
      "The Worker cannot open what is sealed with the EncodingAESKey that is known here (also tried: {accepted}).",
      "WECHAT_ENCODING_AES_KEY of the Worker is another one.",
      "Copy the key of the console (43 characters) into the Worker: `npx wrangler secret put WECHAT_ENCODING_AES_KEY`.",
    ],
    zh: [
      "Worker 无法用它的 EncodingAESKey 解密（另外试过：{accepted}）。",
      "Worker 的 WECHAT_ENCODING_AES_KEY 与本机不同。",
      "请把后台的密钥（43 个字符）写入 Worker：npx wrangler secret put WECHAT_ENCODING_AES_KEY。",
    ],
    page: "messages/service-unavailable",
  },
  app_id_differs: {
    en: [
      "The Worker opens no push and accepts no operator request from here: its app id is another one.",
      "WECHAT_APP_ID differs (capital letters count), or nothing fits at all: secret and key as well.",
      "Compare WECHAT_APP_ID here, in the Worker and in the console.",
    ],
    zh: [
      "Worker 既无法解密推送，也不接受本机的签名：AppID 不同。",
      "WECHAT_APP_ID 不一致（区分大小写），或密钥和 AppSecret 也都不同。",
      "请核对本机、Worker 和后台的 WECHAT_APP_ID。",
    ],
    page: "messages/service-unavailable",
  },
  key_or_app_id_differs: {
    en: [
      "The Worker cannot open the push: its EncodingAESKey or its app id is another one.",
      "Which of the two cannot be told without an AppSecret on both sides.",
      "Compare WECHAT_ENCODING_AES_KEY and WECHAT_APP_ID here, in the Worker and in the console.",
    ],
    zh: [
      "Worker 无法解密推送：EncodingAESKey 或 AppID 不同。",
      "两边都没有 AppSecret 时，无法判断是哪一个。",
      "请核对本机、Worker 和后台的 WECHAT_ENCODING_AES_KEY 与 WECHAT_APP_ID。",
    ],
    page: "messages/service-unavailable",
  },
  body_lost: {
    en: [
      "The body of a POST does not reach the Worker (status {status}).",
      "A proxy drops it, or turns the POST into something else.",
      "Have the proxy pass method and body on as they are.",
    ],
    zh: [
      "POST 的正文没有到达 Worker（状态码 {status}）。",
      "代理丢弃了正文，或改变了请求方法。",
      "请让代理原样转发方法和正文。",
    ],
    page: "messages/service-unavailable",
  },
  body_altered: {
    en: [
      "The body of a POST reaches the Worker altered: its signature no longer fits ({mode} mode).",
      "A proxy rewrites it (character set, filter, XML clean-up).",
      "Have the proxy pass the body on byte for byte.",
    ],
    zh: [
      "POST 的正文在途中被改动，签名不再匹配（{mode} 模式）。",
      "代理改写了正文（字符集、过滤、XML 整理）。",
      "请让代理逐字节转发正文。",
    ],
    page: "messages/service-unavailable",
  },
  reply_lost: {
    en: [
      "The reply to a push is gone: an empty body came back.",
      "A proxy drops the body of the answer to a POST.",
      "Have the proxy pass answers on as they are.",
    ],
    zh: ["推送的回复丢失：返回的正文为空。", "代理丢弃了 POST 应答的正文。", "请让代理原样返回应答。"],
    page: "messages/service-unavailable",
  },
  reply_altered: {
    en: [
      "WeChat could not read the reply: {reason}.",
      "A proxy alters the XML on its way back.",
      "Have the proxy pass answers on byte for byte: no injection, no minifying.",
    ],
    zh: [
      "微信无法读取回复：{reason}。",
      "代理改动了返回的 XML。",
      "请让代理逐字节返回应答，不要注入或压缩。",
    ],
    page: "messages/service-unavailable",
  },
  probe_unknown: {
    en: [
      "The Worker took the push, but does not know the doctor's own user.",
      "It is older than this command, or no wechat-edge; or its storage fails (see below).",
      "Deploy this version, and try again.",
    ],
    zh: [
      "Worker 接收了推送，但不认识检查用的用户。",
      "版本旧于本命令，或不是 wechat-edge；也可能是存储出错（见下文）。",
      "请部署当前版本后重试。",
    ],
    page: "messages/service-fault",
  },
  push_refused: {
    en: [
      "The push is answered with status {status}.",
      "Something else than the Worker answers a POST.",
      "See what stands before the Worker.",
    ],
    zh: ["推送得到状态码 {status}。", "应答 POST 的不是 Worker。", "请检查 Worker 前面的服务。"],
    page: "messages/service-unavailable",
  },
  duplicate_ok: { en: ["The same push again gets the same reply."], zh: ["重复的推送得到相同的回复。"] },
  duplicate_differs: {
    en: [
      "The same push again gets another reply.",
      "The Worker does not remember it: its storage fails.",
      "Look at object_unreachable below, and at the Worker's log.",
    ],
    zh: [
      "重复的推送得到了不同的回复。",
      "Worker 没有记住它：存储出错。",
      "请查看下文的 object_unreachable 和 Worker 日志。",
    ],
    page: "messages/service-fault",
  },
  slow_ok: {
    en: ["A handler that takes {handlerMs} ms is answered in time ({ms} ms)."],
    zh: ["耗时 {handlerMs} 毫秒的处理也能及时应答（{ms} 毫秒）。"],
  },
  slow_unanswered: {
    en: [
      "A handler that takes {handlerMs} ms gets no answer within 5 s.",
      "REPLY_DEADLINE_MS leaves too little for the way, or a proxy is slow.",
      "Set REPLY_DEADLINE_MS of the Worker to 4000 or less.",
    ],
    zh: [
      "耗时 {handlerMs} 毫秒的处理在 5 秒内没有应答。",
      "REPLY_DEADLINE_MS 留给线路的时间太少，或代理太慢。",
      "请把 Worker 的 REPLY_DEADLINE_MS 设为 4000 或更小。",
    ],
    page: "messages/service-fault",
  },
  inside_unsigned: {
    en: [
      "The Worker was not asked about itself.",
      "There is neither an AppSecret nor an EncodingAESKey here to sign the question with.",
      "Give --app-secret or --aes-key to see more.",
    ],
    zh: [
      "没有询问 Worker 的内部情况。",
      "本机没有 AppSecret 或 EncodingAESKey，无法签名。",
      "可用 --app-secret 或 --aes-key 查看更多。",
    ],
    page: "accounts/README",
  },
  inside_refused: {
    en: [
      "The Worker does not accept the question about itself (signed by the {signedBy}).",
      "Its app id, AppSecret or EncodingAESKey is another one, or it is older than this command.",
      "Compare the credentials; deploy this version.",
    ],
    zh: [
      "Worker 不接受内部检查的请求（以 {signedBy} 签名）。",
      "AppID、AppSecret 或 EncodingAESKey 不同，或版本旧于本命令。",
      "请核对凭据，并部署当前版本。",
    ],
    page: "messages/token-verification-failed",
  },
  inside_older: {
    en: [
      "The Worker is older than this command: it cannot be asked about itself.",
      "",
      "Deploy this version.",
    ],
    zh: ["Worker 的版本旧于本命令，无法询问内部情况。", "", "请部署当前版本。"],
    page: "connect",
  },
  inside_unreachable: {
    en: [
      "The Worker did not answer the question about itself ({code}).",
      "It was too slow, or a gateway keeps /api/v1 closed.",
    ],
    zh: ["Worker 没有回答内部检查（{code}）。", "应答太慢，或网关拦截了 /api/v1。"],
    page: "connect",
  },
  secret_differs: {
    en: [
      "The AppSecret of the Worker is not the one that is known here (the Worker has one: {there}).",
      "It was reset in the console, or set on one side only. Passive replies do not need it.",
      "Set the same in both places: `npx wrangler secret put WECHAT_APP_SECRET`.",
    ],
    zh: [
      "Worker 的 AppSecret 与本机不同（Worker 上是否有：{there}）。",
      "在后台被重置过，或只在一边设置。被动回复不需要它。",
      "请在两处设置相同的值：npx wrangler secret put WECHAT_APP_SECRET。",
    ],
    page: "messages/40125",
  },
  version_differs: {
    en: ["The Worker runs version {there}, this command is of {here}."],
    zh: ["Worker 的版本是 {there}，本命令是 {here}。"],
    page: "connect",
  },
  kind_differs: {
    en: [
      "The kind of the account is {here} here and {there} in the Worker.",
      "",
      "Set WECHAT_ACCOUNT_KIND of the Worker to what the account is.",
    ],
    zh: [
      "账号类型在本机是 {here}，在 Worker 是 {there}。",
      "",
      "请把 Worker 的 WECHAT_ACCOUNT_KIND 设为实际类型。",
    ],
    page: "accounts/README",
  },
  configuration_fault_here: {
    en: [
      "The account's settings here do not hold: {fault}.",
      "",
      "Correct the command line, the environment or .dev.vars.",
    ],
    zh: ["本机的账号设置有误：{fault}。", "", "请改正命令行、环境变量或 .dev.vars。"],
    page: "messages/token-verification-failed",
  },
} as const satisfies Partial<Record<OutsideCode, Words>>;
