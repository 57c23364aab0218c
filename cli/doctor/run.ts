/** Runs `npm run doctor` from its arguments to its exit code. */
import { ApiUnreachableError, WechatEdgeError } from "../../src/errors.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { failureReport } from "../failure.ts";
import { UsageError } from "../usage-error.ts";
import { Progress, type Screen } from "../progress.ts";
import { isLocal } from "./address.ts";
import { type DoctorCommand, readDoctorArguments } from "./arguments.ts";
import { examine, type Tools } from "./examine.ts";
import { type AnyFinding, hasError, outside } from "./findings.ts";
import { askRefused, refusedLines } from "./refused.ts";
import { findingLines, summaryLine, UNSEEN_LINES } from "./report.ts";
import { type Subject, subjectOf, type Surroundings } from "./subject.ts";
import { told } from "./telling.ts";

/** Exit codes, as `--help` lists them. */
export const EXIT = { sound: 0, errors: 1, notRun: 2 } as const;

const HELP = `npm run doctor [-- options]
Finds out why WeChat does not accept a callback URL, or why pushes to it are not answered: acts as WeChat from
outside, and asks the Worker for what it sees inside. Changes nothing; its messages come from a user of its own, whom
your handlers never see.
查明微信为何不接受回调 URL，或推送为何得不到回复：从外部模拟微信，并询问 Worker 的内部情况。
不做任何更改；测试消息来自专用用户，不会到达你的处理函数。

  --url https://…/wechat          the URL as the console has it (npm start's) · 后台填写的 URL，默认为 npm start 的 Worker
  --account ID                    another account of ACCOUNTS · 其他账号
  --mode plain|compatible|secure  how the console sends · 消息加解密方式
  --token T  --aes-key K  --app-id ID  --app-secret S
                                  these beat the environment (WECHAT_TOKEN …), that beats .dev.vars,
                                  and that beats the development credentials of npm start
                                  优先级：命令行 > 环境变量 > .dev.vars > npm start 的开发凭据
  --refused                       the requests that the Worker refused, with their reasons · 列出被 Worker 拒绝的请求及原因
  --json                          prints JSON for machines · 输出 JSON
  PORT=N                          the local Worker's port (8787) · 本地 Worker 的端口

Exit codes · 退出码
  0  nothing is wrong; warnings do not count · 没有错误（警告不计）
  1  at least one error was found · 发现错误
  2  could not run: this command line, or no credentials · 无法运行：命令行有误，或没有凭据`;

/** What the command reads, writes and works with. */
export interface DoctorSurroundings extends Surroundings, Tools {
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Runs the command and returns its exit code. */
export async function runDoctor(argv: readonly string[], surroundings: DoctorSurroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const command = readDoctorArguments(argv);
    if (command === "help") {
      print(stdout, [HELP]);
      return EXIT.sound;
    }
    return await run(command, surroundings);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(stderr, [error.message]);
    return EXIT.notRun;
  }
}

async function run(command: DoctorCommand, surroundings: DoctorSurroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let subject: Subject;
  try {
    subject = subjectOf(command.subject, surroundings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const fault = error.message.split("\n").join("; ");
    if (command.json) printJson(stdout, [told(outside("configuration_fault_here", { fault }))]);
    else
      print(
        stderr,
        error.message.split("\n").map((line) => `✗ ${line}`),
      );
    return EXIT.notRun;
  }
  return command.refused
    ? listRefused(command, subject, surroundings)
    : report(command, subject, surroundings);
}

async function report(
  { json }: DoctorCommand,
  subject: Subject,
  { stdout, stderr, ...tools }: DoctorSurroundings,
): Promise<number> {
  const { account, url } = subject;
  const say = (lines: readonly string[]): void => {
    if (!json) print(stdout, lines);
  };
  say([`${url.href} (${account.id}, ${account.mode})`]);
  const all: AnyFinding[] = [];
  const progress = new Progress(stderr);
  const examination = examine(subject, tools);
  for (;;) {
    const { done, value } = await progress.during("examining · 正在检查", examination.next());
    if (done === true) break;
    all.push(...value);
    say(value.flatMap(findingLines));
  }
  if (json) printJson(stdout, all.map(told));
  // Where something is broken already, that comes first.
  const isBroken = hasError(all);
  say(["", ...(isBroken || isLocal(url) ? [] : [...UNSEEN_LINES, ""]), summaryLine(all)]);
  return isBroken ? EXIT.errors : EXIT.sound;
}

async function listRefused(
  { json }: DoctorCommand,
  { account, url }: Subject,
  { stdout, stderr, clock }: DoctorSurroundings,
): Promise<number> {
  try {
    const asking = askRefused(account, url.origin, clock);
    const refused = await new Progress(stderr).during("asking the Worker · 正在询问 Worker", asking);
    if (json) printJson(stdout, refused);
    else print(stdout, refusedLines(refused));
    return EXIT.sound;
  } catch (error) {
    if (!(error instanceof ConfigurationError) && !(error instanceof WechatEdgeError)) throw error;
    print(stderr, unaskedLines(error, account.id, url.origin));
    return EXIT.notRun;
  }
}

/** Why the Worker could not be asked, and what to do. */
function unaskedLines(error: Error, account: string, worker: string): readonly string[] {
  if (!(error instanceof ApiUnreachableError)) return error.message.split("\n").map((line) => `✗ ${line}`);
  const context = { account, apiOrigin: () => worker, worker, mayHaveHappened: false };
  return failureReport(error, context).lines;
}

function print(screen: Screen, lines: readonly string[]): void {
  if (lines.length > 0) screen.write(`${lines.join("\n")}\n`);
}

/** JSON leaves some characters as they are that move a terminal's cursor, or turn its text around. */
const RAW_CONTROLS = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

function printJson(screen: Screen, value: object): void {
  print(screen, [JSON.stringify(value, undefined, 2).replace(RAW_CONTROLS, escaped)]);
}

function escaped(sign: string): string {
  return sign
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
