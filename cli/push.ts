/** `npm run push`: sends one push to a Worker as WeChat does, and says what the user would see. */
import type { SimulatedAccount } from "../simulator/account.ts";
import { checkUrl } from "../simulator/check-url.ts";
import { deliver } from "../simulator/deliver.ts";
import { accountOf } from "./accounts.ts";
import { developmentValues } from "./development.ts";
import { readPort, WORKER_PORT } from "./ports.ts";
import { type PushCommand, readPushArguments } from "./push-arguments.ts";
import {
  checkExitCode,
  checkLines,
  EXIT,
  exchangeLines,
  exitCodeOf,
  kindRemark,
  wireLines,
} from "./push-report.ts";
import { UsageError } from "./usage-error.ts";
import { accountVariables, projectRoot, readDevVars } from "./variables.ts";

const HELP = `npm run push -- <what> [options]
Sends one push as WeChat does, waits 5 s, tries three times, and shows what the user would see.
像微信一样发送一次推送：等待 5 秒，最多三次，并显示用户看到的结果。

  text 你好                       a text · 文本
  image [URL]                     a picture · 图片
  voice [words]                   a voice message, recognised as these words · 语音（及识别结果）
  location 23.1 113.3 [label]     a place · 位置
  event subscribe                 any event of docs/pushes.md, by its name · 任意事件
  event CLICK --key V1            --key sets EventKey · --key 即 EventKey
  event SCAN --key 123
  event scancode_push --field ScanCodeInfo.ScanResult=42
  message link --field Title=标题  any other message · 其他消息类型
  check                           the check of the URL in the console · 后台保存时的 URL 校验

  --mode plain|compatible|secure  how the console sends · 消息加解密方式
  --account ID                    another account: /wechat/ID · 其他账号
  --url https://…/wechat          another Worker, a deployed one too · 其他地址，包括已部署的
  PORT=N                          the local Worker's port (8787) · 本地 Worker 的端口
  --from OPENID                   who sends · 发送者
  --token T  --aes-key K  --app-id ID
                                  these beat the environment (WECHAT_TOKEN …), that beats .dev.vars,
                                  and that beats the development credentials of npm start
                                  优先级：命令行 > 环境变量 > .dev.vars > npm start 的开发凭据
  --field Name=value              sets any field; dots for nested ones · 设置字段，嵌套用点号
  --variant NAME                  a variant of docs/pushes.md · 变体
  --json                          prints the whole exchange as JSON · 输出 JSON
  --verbose                       prints requests and responses, decrypted too · 输出原始请求与响应

Exit codes · 退出码
  0  the user sees a reply, or nothing is to be seen (check: accepted) · 有回复，或已确认无回复（check：通过）
  1  the user sees 该公众号暂时无法提供服务，请稍后再试 · 用户看到故障提示
  2  this command line makes no sense · 命令行有误
  3  the Worker refused the request (check: not accepted) · 被拒绝（check：未通过）
  4  no connection · 无法连接`;

/** Runs the command and returns its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const command = readPushArguments(argv);
    if (command === "help") {
      console.log(HELP);
      return EXIT.answered;
    }
    return await run(command, targetOf(command));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return EXIT.usage;
  }
}

function targetOf(command: PushCommand): SimulatedAccount {
  const { account: id, token, encodingAesKey, appId, mode, url } = command;
  const given = { ...readDevVars(projectRoot(process.cwd())), ...accountVariables(process.env) };
  // Credentials on the command line are your own, and stand-ins for the missing ones would only confuse.
  const own = token === undefined ? given : { ...given, WECHAT_TOKEN: token };
  const variables = { ...developmentValues(own), ...given };
  const port = readPort(process.env["PORT"], WORKER_PORT);
  if (port === undefined) throw new UsageError("PORT is no port.", "PORT 不是合法的端口号。");
  const overrides = { token, encodingAesKey, appId, mode };
  const account = accountOf(id, variables, overrides, `http://localhost:${port}`);
  if (isFaults(account)) {
    throw new UsageError(account.join("\n"), "请检查命令行、环境变量或 .dev.vars 中的账号设置。");
  }
  return url === undefined ? account : { ...account, url };
}

function isFaults(account: SimulatedAccount | readonly string[]): account is readonly string[] {
  return Array.isArray(account);
}

async function run({ push, json, verbose }: PushCommand, account: SimulatedAccount): Promise<number> {
  if (push === undefined) {
    const check = await checkUrl(account);
    print(
      json ? [JSON.stringify(check, undefined, 2)] : [`GET ${account.url}`, ...checkLines(check, account)],
    );
    return checkExitCode(check);
  }
  const remark = kindRemark(push, account);
  const exchange = await deliver(push, { ...account, account: account.id });
  if (json) {
    print([JSON.stringify(exchange, undefined, 2)]);
  } else {
    print([
      `${exchange.type} → ${account.url} (${account.id}, ${account.mode})`,
      ...(remark === undefined ? [] : [remark]),
      ...(verbose ? ["", ...wireLines(exchange)] : []),
      ...exchangeLines(exchange, account),
    ]);
  }
  return exitCodeOf(exchange);
}

function print(lines: readonly string[]): void {
  console.log(lines.join("\n"));
}

process.exitCode = await main(process.argv.slice(2));
