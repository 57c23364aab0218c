/** What `npm run wechat` says when something went wrong: what it means, and what to do about it. */
import { ERRCODES } from "../src/api/request/errcodes.ts";
import {
  ApiError,
  ApiInputError,
  type ApiReaction,
  ApiUnreachableError,
  ConfigError,
} from "../src/errors.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { RefusedError } from "./refused-error.ts";
import { UsageError } from "./usage-error.ts";
import { settingOf } from "./wechat/account.ts";

/** Exit codes, as `--help` lists them. */
export const EXIT = { done: 0, refused: 1, usage: 2, configuration: 3, unreachable: 4 } as const;

/** What is known about a failed command. */
export interface FailureContext {
  readonly account: string;
  /** Where WeChat's API was called; there is no telling before the account is known. */
  readonly apiOrigin: () => string;
  /** Origin of the Worker that gives the tokens, if one does. */
  readonly worker: string | undefined;
  /** Whether a call without an answer may have changed something. */
  readonly mayHaveHappened: boolean;
}

/** A failure, told to people and to machines. */
export interface FailureReport {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly json: { readonly error: object };
}

/** What to do, in English and Chinese. */
type Advice = readonly [en: string, zh: string];

/**
 * The report of a failure.
 *
 * @throws what is no failure of a kind that commands have: a fault of ours
 */
export function failureReport(error: unknown, context: FailureContext): FailureReport {
  if (error instanceof ApiError) return refusalReport(error, context);
  if (error instanceof ApiUnreachableError) return unreachableReport(error, context);
  if (error instanceof RefusedError) return plainReport(EXIT.refused, error.code, error);
  if (error instanceof UsageError) return plainReport(EXIT.usage, "usage", error);
  if (error instanceof ApiInputError) return plainReport(EXIT.usage, error.code, error, NOTHING_SENT);
  if (error instanceof ConfigurationError) return plainReport(EXIT.configuration, "configuration", error);
  if (error instanceof ConfigError) return plainReport(EXIT.configuration, error.code, error, SETTINGS);
  throw error;
}

const SETTINGS: Advice = ["Check the account's settings.", "请检查账号设置。"];
const NOTHING_SENT: Advice = ["Nothing was sent.", "未发送任何请求。"];

function plainReport(exitCode: number, code: string, { message }: Error, ...advice: Advice[]): FailureReport {
  const [first = "", ...more] = message.split("\n");
  return {
    exitCode,
    lines: [`✗ ${first}`, ...more.map((line) => `  ${line}`), ...advice.map(adviceLine)],
    json: { error: { code, message } },
  };
}

function adviceLine([en, zh]: Advice): string {
  return `  ${en} · ${zh}`;
}

function refusalReport(error: ApiError, context: FailureContext): FailureReport {
  const { errcode, errmsg, path, reaction } = error;
  const known = ERRCODES.get(errcode);
  const meaning: Advice = error.lacking
    ? NOT_ASKED
    : known === undefined
      ? UNKNOWN_CODE
      : [known.en, known.zh];
  const [cureEn, cureZh] = CURES[reaction];
  const todo = cureOf(error, context) ?? [known?.todo ?? cureEn, cureZh];
  return {
    exitCode: EXIT.refused,
    lines: [
      `✗ ${path}`,
      `  errcode   ${errcode} · ${errmsg}`,
      `  means     ${meaning.join(" · ")}`,
      "  what to do · 处理办法",
      ...todo.map((line) => `    ${line}`),
    ],
    json: {
      error: { code: error.code, errcode, errmsg, path, reaction, meaning: meaning[0], todo: todo[0] },
    },
  };
}

const UNKNOWN_CODE: Advice = [
  "see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html",
  "请查全局返回码",
];

const NOT_ASKED: Advice = [
  "WeChat was not asked: this kind of account does not have this call",
  "未向微信发起请求：此类账号没有该接口",
];

const CURES: Readonly<Record<ApiReaction, Advice>> = {
  retry: ["WeChat is busy: try again later.", "微信繁忙，请稍后再试。"],
  renew_token: [
    "A renewed token was refused as well: another program probably fetches tokens by /cgi-bin/token. Let it take the Worker's, or use stable_token everywhere.",
    "换新 token 后仍被拒绝：多半有别的程序在调用 /cgi-bin/token。请让它改用 Worker 的 token，或统一使用 stable_token。",
  ],
  quota: [
    "Wait until midnight in Beijing; `npm run wechat -- quota PATH` shows how much there is.",
    "请等到北京时间零点；npm run wechat -- quota PATH 可查看额度。",
  ],
  window: [
    "The user must act first: write (48 h), or tap a menu button, follow or scan (1 min).",
    "需要用户先有动作：发消息（48 小时内），或点菜单、关注、扫码（1 分钟内）。",
  ],
  permission: [
    "This kind of account does not have this call: see 接口权限 in the console.",
    "此类账号没有该接口权限，见公众平台后台「接口权限」。",
  ],
  operator: ["Somebody must change a setting in WeChat's console.", "需要在公众平台后台修改设置。"],
  recipient: ["This user cannot be reached.", "无法触达该用户。"],
  input: ["The call itself is wrong: it would be refused again.", "请求本身有误，重试仍会被拒绝。"],
};

/** Names the address that WeChat saw. */
const SEEN_IP = /\b(\d{1,3}(?:\.\d{1,3}){3})\b/;
const SECRET_CODES: ReadonlySet<number> = new Set([40001, 40125]);
const TOKEN_PATH = /^\/.*token$/;

/** What exactly is to be changed, where that is known. */
function cureOf(
  { errcode, errmsg, path, lacking }: ApiError,
  { account, worker }: FailureContext,
): Advice | undefined {
  if (lacking) return kindCure(settingOf(account, "kind"));
  if (errcode === 40164 || errcode === 61004) return ipCure(SEEN_IP.exec(errmsg)?.[1], worker);
  if (errcode === 40013) return compare(settingOf(account, "appId"), worker, APP_ID_HINT);
  if (!SECRET_CODES.has(errcode) || !TOKEN_PATH.test(path)) return undefined;
  return compare(settingOf(account, "appSecret"), worker, SECRET_HINT);
}

const APP_ID_HINT: Advice = ["capital letters count", "区分大小写"];
const SECRET_HINT: Advice = ["a reset there makes a new one", "在后台重置后旧的即失效"];

function kindCure(setting: string): Advice {
  return [
    `If the account is of another kind, set ${setting} right here and for the Worker; otherwise it has to be verified, or become a 服务号: docs/accounts/README.md`,
    `若账号其实是其他类型，请改正 ${setting}（本机和 Worker 都要）；否则需完成微信认证或改用服务号，见 docs/accounts/README.zh-CN.md`,
  ];
}

function compare(setting: string, worker: string | undefined, hint: Advice): Advice {
  const [whereEn, whereZh] = worker === undefined ? ["", ""] : [" of the Worker", "（Worker 的配置）"];
  return [
    `Compare ${setting}${whereEn} with WeChat's console (设置与开发 → 基本配置); ${hint[0]}.`,
    `请与公众平台后台（设置与开发 → 基本配置）核对 ${setting}${whereZh}；${hint[1]}。`,
  ];
}

function ipCure(ip: string | undefined, worker: string | undefined): Advice {
  const address = ip ?? "the one that WeChat names";
  const allow = `设置与开发 → 基本配置 → IP白名单`;
  if (worker === undefined) {
    return [
      `Allow this machine's address ${address} in WeChat's console: ${allow}.`,
      `请在公众平台后台把本机地址 ${ip ?? "（见上）"} 加入 IP 白名单：${allow}。`,
    ];
  }
  return [
    `Allow the Worker's address ${address} in WeChat's console (${allow}). A Worker's address changes: see relay/README.md for a fixed one.`,
    `请在公众平台后台把 Worker 的地址 ${ip ?? "（见上）"} 加入 IP 白名单（${allow}）。Worker 的地址会变，固定出口见 relay/README.md。`,
  ];
}

const LOOPBACK = /^http:\/\/(?:localhost|127\.|\[::1\])/;

function unreachableReport(error: ApiUnreachableError, context: FailureContext): FailureReport {
  const { code, message, outcome } = error;
  const cause = systemCode(error);
  const isUnknown = outcome === "unknown" && context.mayHaveHappened && !NEVER_SENT.has(cause ?? "");
  const advice = [whereTo(error, context), isUnknown ? MAYBE : NOTHING_CHANGED];
  return {
    exitCode: EXIT.unreachable,
    lines: [`✗ ${message}${cause === undefined ? "" : ` (${cause})`}`, ...advice.map(adviceLine)],
    json: { error: { code, message, cause, outcome: isUnknown ? "unknown" : "not-sent" } },
  };
}

const NOTHING_CHANGED: Advice = ["Nothing was changed.", "未做任何更改。"];
/** The last line where a call was not made. A command that goes on all the same leaves it out. */
export const NOTHING_CHANGED_LINE = adviceLine(NOTHING_CHANGED);
const MAYBE: Advice = [
  "The call may have had its effect: look before you repeat it.",
  "请求可能已经生效，重试前请先确认。",
];
/** The system's codes of connections that were never made. */
const NEVER_SENT: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/** The system's own code, at the end of the chain of causes. */
function systemCode(error: Error): string | undefined {
  const { cause } = error;
  const nested = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(nested instanceof Error)) return undefined;
  const own = "code" in nested && typeof nested.code === "string" ? nested.code : undefined;
  return systemCode(nested) ?? own;
}

function whereTo({ code, message }: ApiUnreachableError, { apiOrigin, worker }: FailureContext): Advice {
  const isWorker = worker !== undefined && message.includes("/api/v1/accounts/");
  const origin = isWorker ? worker : apiOrigin();
  if (code === "api_relay_refused") return RELAY;
  if (code === "api_answer_unreadable") {
    return [`Something else than expected answered at ${origin}.`, `${origin} 的应答不是预期的内容。`];
  }
  if (LOOPBACK.test(origin)) {
    return [`Nothing answers at ${origin}: run npm start first.`, `${origin} 没有应答：请先运行 npm start。`];
  }
  return [`Can ${origin} be reached from this machine?`, `从本机能访问 ${origin} 吗？`];
}

const RELAY: Advice = [
  "Compare WECHAT_RELAY_SECRET with the relay's own RELAY_SECRET, and the clocks.",
  "请核对 WECHAT_RELAY_SECRET 与中继的 RELAY_SECRET，以及两边的时钟。",
];
