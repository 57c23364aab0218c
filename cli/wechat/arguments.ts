/** The command line of `npm run wechat`: which command, with what, for which account. */
import { parseArgs } from "node:util";
import { DEFAULT_ACCOUNT } from "../../src/accounts/definitions.ts";
import { UsageError } from "../usage-error.ts";
import type { AccountChoice } from "./account.ts";
import { COMMON_OPTIONS, type Command, type Given, OPTIONS, type OptionValues } from "./command.ts";

/** What the command line asks for. */
export type WechatRequest =
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly given: Given;
      readonly account: AccountChoice;
      /** Origin of the Worker that gives the tokens. */
      readonly worker: string | undefined;
      readonly json: boolean;
      readonly verbose: boolean;
    }
  /** `words`: what help is about; none of them for everything. */
  | { readonly kind: "help"; readonly words: readonly string[] };

/**
 * Reads the arguments.
 *
 * @throws {UsageError} when they make no sense
 */
export function readWechatArguments(argv: readonly string[], commands: readonly Command[]): WechatRequest {
  const { values, positionals } = parsed(argv);
  if (values.help === true) return { kind: "help", words: positionals };
  const command = commands.find(({ name }) => isPrefix(name.split(" "), positionals));
  if (command === undefined) throw unknown(positionals, commands);
  const operands = positionals.slice(command.name.split(" ").length);
  checkOperands(command, operands);
  checkOptions(command, values);
  const { account = DEFAULT_ACCOUNT, "app-id": appId, "app-secret": appSecret, "api-base": apiBase } = values;
  return {
    kind: "run",
    command,
    given: { operands, options: values },
    account: { id: account, appId, appSecret, apiBase },
    worker: values.url === undefined ? undefined : originOf(values.url),
    json: values.json === true,
    verbose: values.verbose === true,
  };
}

function parsed(argv: readonly string[]): {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message, "参数有误；--help 查看用法。");
  }
}

function isPrefix(words: readonly string[], of: readonly string[]): boolean {
  return words.every((word, index) => of[index] === word);
}

function unknown([first, second]: readonly string[], commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name);
  if (first === undefined) {
    return new UsageError("Say what to do; --help lists it.", "请说明要做什么；--help 查看用法。");
  }
  const group = names.filter((name) => name.startsWith(`${first} `));
  const said = group.length > 0 && second !== undefined ? `${first} ${second}` : first;
  const known = (group.length > 0 ? group : names).join(", ");
  return new UsageError(
    `"${said}" is no command. There are: ${known}`,
    `没有 "${said}" 命令，可用的有：${known}`,
  );
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const { operands: wanted } = command;
  const least = wanted.filter((name) => !name.startsWith("[")).length;
  const most = wanted.at(-1)?.includes("…") === true ? Infinity : wanted.length;
  if (operands.length >= least && operands.length <= most) return;
  const usage = usageOf(command);
  throw new UsageError(`Write: ${usage}`, `用法：${usage}`);
}

/** `menu push FILE` */
export function usageOf({ name, operands }: Command): string {
  return [name, ...operands].join(" ");
}

function checkOptions(command: Command, values: OptionValues): void {
  const allowed: readonly string[] = [...COMMON_OPTIONS, ...command.options];
  const foreign = Object.keys(values).find((option) => !allowed.includes(option));
  if (foreign === undefined) return;
  throw new UsageError(
    `${command.name} takes no --${foreign}; --help lists what it takes.`,
    `${command.name} 没有 --${foreign} 选项；--help 查看用法。`,
  );
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** A path is forgiven: `npm run push` wants the one of the callback. */
function originOf(url: string): string {
  const { protocol, hostname, origin } = URL.canParse(url) ? new URL(url) : NOWHERE;
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname))) return origin;
  throw new UsageError(
    "--url must be the https address of a Worker (http only for this machine): its token comes from there.",
    "--url 必须是 Worker 的 https 地址（仅本机可用 http）：token 从那里获取。",
  );
}

const NOWHERE = { protocol: "", hostname: "", origin: "" };
