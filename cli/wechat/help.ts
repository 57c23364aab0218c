/** What `npm run wechat -- --help` says, about everything or about one command. */
import { UsageError } from "../usage-error.ts";
import { usageOf } from "./arguments.ts";
import type { Command } from "./command.ts";

const COMMON = `  --account ID                    another account of ACCOUNTS · 其他账号
  --url https://…                 takes the token from that Worker, deployed or local, instead of asking WeChat:
                                  needed where WECHAT_ACCESS_TOKEN_SOURCE is token
                                  从该 Worker 取 token，而不是自己向微信索取（source 为 token 时必须）
                                  dead-letters asks the Worker itself: that of npm start without --url
                                  dead-letters 直接询问 Worker，默认为 npm start 的 Worker
  --app-id ID  --app-secret S  --api-base URL
                                  these beat the environment (WECHAT_APP_ID …), that beats .dev.vars,
                                  and that beats the development account, whose WeChat is the simulator of npm start
                                  优先级：命令行 > 环境变量 > .dev.vars > 开发账号（由 npm start 的模拟器应答）
  --json                          prints JSON for machines · 输出 JSON
  --verbose                       logs every call, to standard error · 把每次调用的日志写到 stderr`;

const EXIT_CODES = `Exit codes · 退出码
  0  done · 成功
  1  WeChat, or the Worker, refused: meaning and what to do are printed · 微信或 Worker 拒绝，并给出含义与处理办法
  2  this command line, or a file that it names, makes no sense · 命令行或所给文件有误
  3  the configuration is incomplete or does not fit · 配置不完整或不适用
  4  no answer, no connection · 没有应答，无法连接`;

const COLUMN = 34;

/**
 * The help about what `words` name.
 *
 * @param words a command, or the first word of several; none: everything
 * @throws {UsageError} when there is no such command
 */
export function helpLines(words: readonly string[], commands: readonly Command[]): string[] {
  const [first, second] = words;
  const meant = commands.filter(({ name }) => {
    const [group, verb] = name.split(" ");
    return (
      first === undefined ||
      (group === first && (second === undefined || verb === undefined || verb === second))
    );
  });
  if (meant.length === 0) {
    throw new UsageError(`"${words.join(" ")}" is no command.`, `没有 "${words.join(" ")}" 命令。`);
  }
  return [
    "npm run wechat -- <command> [options]",
    "Looks after an account: calls WeChat's API, or the simulator's while there is no account of your own.",
    "维护公众号：调用微信接口；没有自己的账号时调用模拟器。",
    "",
    ...meant.flatMap(commandLines),
    "",
    ...COMMON.split("\n"),
    "",
    ...EXIT_CODES.split("\n"),
  ];
}

function commandLines(command: Command): string[] {
  const usage = `  ${usageOf(command)}`;
  const head =
    usage.length < COLUMN - 1
      ? [usage.padEnd(COLUMN) + command.summary]
      : [usage, " ".repeat(COLUMN) + command.summary];
  return [...head, ...(command.details ?? []).map((line) => `    ${line}`)];
}
