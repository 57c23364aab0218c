/** What `npm run push` says: what the user sees, after how long, and what may be wrong. */
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { ACCOUNT_CAN, type SimulatedAccount } from "../simulator/account.ts";
import type { UrlCheck } from "../simulator/check-url.ts";
import {
  type Attempt,
  type Exchange,
  NOTICE,
  type ReplyField,
  type ShownReply,
} from "../simulator/exchange.ts";
import { isDevelopmentToken } from "./development.ts";

/** Exit codes, as `--help` lists them. */
export const EXIT = { answered: 0, notice: 1, usage: 2, refused: 3, unreachable: 4 } as const;

/** The exit code that stands for an exchange. */
export function exitCodeOf({ outcome, attempts }: Exchange): number {
  switch (outcome.kind) {
    case "reply":
    case "silence":
      return EXIT.answered;
    case "refused":
      return EXIT.refused;
    case "notice":
      return attempts.at(-1)?.reason === "connection_failed" ? EXIT.unreachable : EXIT.notice;
  }
}

/** The lines about an exchange. */
export function exchangeLines(exchange: Exchange, account: SimulatedAccount): string[] {
  const { outcome, attempts } = exchange;
  const time = `${elapsedMs(attempts)} ms`;
  const tries = attempts.length > 1 ? attempts.map(attemptLine) : [];
  switch (outcome.kind) {
    case "reply": {
      const warning = attempts.at(-1)?.fault;
      return [
        ...tries,
        `✓ ${time} · the user sees · 用户看到：`,
        "",
        ...replyLines(outcome.reply),
        ...(warning === undefined ? [] : ["", `! ${warning}`]),
      ];
    }
    case "silence":
      return [...tries, `✓ ${time} · acknowledged, the user sees nothing · 已确认，用户看不到回复`];
    case "refused":
      return [
        `✗ ${time} · ${outcome.fault}`,
        `  the user sees · 用户看到：${NOTICE}`,
        ...hintsOf(outcome.status, account).map((hint) => `  ${hint}`),
      ];
    case "notice":
      if (exitCodeOf(exchange) === EXIT.unreachable) return unreachableLines(outcome.fault, account);
      return [
        ...tries,
        `✗ ${time} · the user sees · 用户看到：${NOTICE}`,
        `  why · 原因：${outcome.fault}`,
        ...(isLocal(account) && attempts.at(-1)?.reason === "timeout" ? [COMPILE_ERROR] : []),
      ];
  }
}

/** The exit code that stands for a URL check. */
export function checkExitCode(check: UrlCheck): number {
  if (check.ok) return EXIT.answered;
  return check.reason === "connection_failed" ? EXIT.unreachable : EXIT.refused;
}

/** The lines about a URL check. */
export function checkLines(check: UrlCheck, account: SimulatedAccount): string[] {
  const time = `${Math.round(check.durationMs)} ms`;
  if (check.ok) return [`✓ ${time} · WeChat would accept this URL · 微信会接受这个 URL`];
  if (check.reason === "connection_failed") return unreachableLines(check.fault, account);
  const hints = check.reason === "refused" ? hintsOf(check.status ?? 0, account) : [];
  return [
    `✗ ${time} · WeChat would refuse this URL (token验证失败) · 微信不会接受这个 URL`,
    `  why · 原因：${check.fault}`,
    ...hints.map((hint) => `  ${hint}`),
  ];
}

/** A remark when the account's kind would never send such a push. */
export function kindRemark(push: PushEnvelope, { kind }: SimulatedAccount): string | undefined {
  const event: unknown = Reflect.get(push, "Event");
  const key: unknown = Reflect.get(push, "EventKey");
  const { menu, qr } = ACCOUNT_CAN[kind];
  if (!menu && (event === "CLICK" || event === "VIEW")) {
    return `! ${kind}: WeChat sends no ${event} to such an account, it has no menu · 此类账号没有菜单，微信不会推送 ${event}`;
  }
  const scanned = event === "SCAN" || (event === "subscribe" && typeof key === "string" && key !== "");
  return !qr && scanned
    ? `! ${kind}: such an account has no QR codes with scenes · 此类账号没有带参数二维码`
    : undefined;
}

/** Requests and responses as they went over the wire, and what was inside them. */
export function wireLines({ attempts }: Exchange): string[] {
  return attempts.flatMap(({ number, request, response, fault }) => [
    `--- attempt ${number} · 第 ${number} 次 ---`,
    `POST ${request.url}`,
    ...headerLines(request.headers),
    "",
    request.body,
    ...(request.plain === request.body ? [] : ["", "decrypted · 解密后：", request.plain]),
    "",
    ...(response === undefined
      ? [fault ?? "no response"]
      : [`HTTP ${response.status}`, ...headerLines(response.headers), "", response.body]),
    ...(response?.plain === undefined || response.plain === response.body
      ? []
      : ["", "decrypted · 解密后：", response.plain]),
    "",
  ]);
}

function headerLines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function elapsedMs(attempts: readonly Attempt[]): number {
  const [first] = attempts;
  const last = attempts.at(-1);
  return first && last ? Math.round(last.startedAt + last.durationMs - first.startedAt) : 0;
}

function attemptLine({ number, durationMs, fault, response }: Attempt): string {
  const what = fault ?? `HTTP ${response?.status ?? ""}`;
  return `  ${number}. ${Math.round(durationMs)} ms · ${what}`;
}

function replyLines({ MsgType, fields }: ShownReply): string[] {
  const content = fields["Content"];
  if (MsgType === "text" && typeof content === "string")
    return content.split("\n").map((line) => `  ${line}`);
  return [`  [${MsgType}]`, ...fieldLines(fields, "  ")];
}

function fieldLines(fields: Readonly<Record<string, ReplyField>>, indent: string): string[] {
  return Object.entries(fields).flatMap(([name, value]) => valueLines(name, value, indent));
}

function valueLines(name: string, value: ReplyField, indent: string): string[] {
  if (typeof value === "string") return [`${indent}${name}: ${value}`];
  if (isList(value)) return value.flatMap((one) => valueLines(name, one, indent));
  return [`${indent}${name}`, ...fieldLines(value, `${indent}  `)];
}

function isList(value: ReplyField): value is readonly ReplyField[] {
  return Array.isArray(value);
}

function unreachableLines(fault: string, { url }: SimulatedAccount): string[] {
  return [
    `✗ ${new URL(url).origin}: ${fault}`,
    isLocal({ url })
      ? "  Is the Worker running? Start it with `npm start`. · Worker 启动了吗？请先运行 npm start。"
      : "  Is the address right, and reachable from here? · 地址正确吗？从本机能访问吗？",
  ];
}

/** Wrangler keeps requests waiting while the code does not compile. */
const COMPILE_ERROR =
  "  Does npm start show a compile error? · npm start 的输出里有编译错误吗？有则请求会一直等待。";

function isLocal({ url }: Pick<SimulatedAccount, "url">): boolean {
  return /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(url);
}

/** What a refusal most likely comes from, by its status. */
function hintsOf(status: number, { token, mode, id }: SimulatedAccount): string[] {
  const hints: string[] = [];
  if (isDevelopmentToken(token)) {
    hints.push(
      "Signed with the development token: give --token and --aes-key. · 使用的是开发用 Token，请指定 --token 和 --aes-key。",
    );
  }
  switch (status) {
    case 401:
    case 403:
      return [
        ...hints,
        "Token of the console and of the Worker the same? Clocks right? · 两边的 Token 一致吗？时钟准确吗？",
      ];
    case 400:
      return [
        ...hints,
        `Sent in ${mode} mode: does the Worker expect it (--mode)? EncodingAESKey and AppID the same? · 以 ${mode} 模式发送：Worker 的模式一致吗（--mode）？EncodingAESKey 和 AppID 一致吗？`,
      ];
    case 404:
      return [
        ...hints,
        `The path is /wechat or /wechat/<account>; is there an account "${id}"? · 路径是 /wechat 或 /wechat/<账号>；有账号 "${id}" 吗？`,
      ];
    case 429:
      return ["Too many refused requests from here: wait a minute. · 被拒绝的请求过多，请等一分钟。"];
    case 503:
      return [
        ...hints,
        "The Worker's configuration is not complete: its log names what is missing. · Worker 配置不完整，日志里有说明。",
      ];
    default:
      return hints;
  }
}
