/** The command line of `npm run setup`. */
import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";

const OPTIONS = {
  kind: { type: "string" },
  mode: { type: "string" },
  "app-id": { type: "string" },
  "app-secret": { type: "string" },
  token: { type: "string" },
  "aes-key": { type: "string" },
  "api-base": { type: "string" },
  "new-token": { type: "boolean" },
  "new-key": { type: "boolean" },
  "no-check": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  remote: { type: "boolean" },
  domain: { type: "string" },
  "workers-dev": { type: "boolean" },
  "replace-dns": { type: "boolean" },
  secret: { type: "string", multiple: true },
  "no-doctor": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** The flags as they were given. */
export type SetupFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** What `--help` prints. */
export const SETUP_HELP = `npm run setup [-- options]
Asks for your account and writes .dev.vars; with --remote also deploys the Worker and says what to enter at WeChat.
询问公众号信息并写入 .dev.vars；加 --remote 则同时部署 Worker，并列出在微信后台要填写的内容。

Every question is a flag. WECHAT_… variables of the environment count as answers too; flags beat them.
每个问题都有对应的参数；环境变量 WECHAT_… 也算作回答，命令行参数优先。

  --kind K              personal, subscription, service-unverified, service, test · 账号类型
  --mode M              secure (recommended · 推荐), compatible, plain · 消息加解密方式
  --app-id wx…          not needed in plain mode · 明文模式可不填
  --app-secret S        only for WeChat's API; better as WECHAT_APP_SECRET than on the command line
                        仅调用微信接口时需要；建议用环境变量 WECHAT_APP_SECRET，不要写在命令行
  --token T             default: what .dev.vars has, else a random one · 默认沿用 .dev.vars，没有则随机生成
  --aes-key K           likewise · 同上
  --new-token --new-key replaces them by random ones · 重新随机生成
  --api-base URL        a relay (https) or the simulator instead of WeChat's hosts · 中继或模拟器地址
  --no-check            does not try the AppSecret at WeChat · 不向微信验证 AppSecret
  --yes                 asks nothing; the same where there is no terminal · 不提问（无终端时自动如此）

  --remote              deploys with your Cloudflare login (npx wrangler login, or CLOUDFLARE_API_TOKEN)
                        用你的 Cloudflare 登录部署
  --domain HOST         a name of yours at Cloudflare, as bot.example.com · 托管在 Cloudflare 的自有域名
  --workers-dev         no domain: *.workers.dev, which the mainland's networks block
                        不用自有域名，使用 *.workers.dev（内地网络通常无法访问）
  --replace-dns         lets the domain's present DNS record be replaced · 允许替换该域名现有的 DNS 记录
  --secret NAME         one more variable of .dev.vars to put as a secret; may be repeated
                        再上传 .dev.vars 中的一个变量为机密，可重复
  --no-doctor           does not run npm run doctor afterwards · 部署后不运行诊断

Exit codes · 退出码: 0 done · 成功; 1 refused, by WeChat, Cloudflare or the doctor · 被拒绝或诊断有误;
2 this command line makes no sense or lacks something · 命令行有误或缺少参数; 130 cancelled · 已取消`;

/**
 * Reads the arguments.
 *
 * @throws {UsageError} when they make no sense
 */
export function readSetupFlags(argv: readonly string[]): SetupFlags {
  const flags = parsed(argv);
  if (flags.domain !== undefined && flags["workers-dev"] === true) {
    throw new UsageError(
      "--domain and --workers-dev contradict each other.",
      "--domain 与 --workers-dev 不能同时使用。",
    );
  }
  const given = REMOTE_ONLY.find((name) => flags[name] !== undefined);
  if (given !== undefined && flags.remote !== true) {
    throw new UsageError(`--${given} needs --remote.`, `--${given} 需要与 --remote 一起使用。`);
  }
  return flags;
}

const REMOTE_ONLY = ["domain", "workers-dev", "replace-dns", "secret", "no-doctor"] as const;

function parsed(argv: readonly string[]): SetupFlags {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message, "参数有误；--help 查看用法。");
  }
}
