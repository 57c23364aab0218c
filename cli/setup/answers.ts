/** The wizard's questions about the account, in their order. */
import { ACCOUNT_KINDS, MODES, type AccountKind, type Mode } from "../../src/accounts/account.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { developmentValues } from "../development.ts";
import { UsageError } from "../usage-error.ts";
import { DEV_VARS, type Variables } from "../variables.ts";
import type { Asker } from "./asker.ts";
import type { SetupFlags } from "./flags.ts";
import { KIND_CHOICES } from "./kinds.ts";
import { randomEncodingAesKey, randomToken } from "./random-credentials.ts";
import { type CheckedVariable, isExampleValue, shapeFault, workerFault } from "./shapes.ts";

/** The account as it is to be written, by variable. */
export interface Answers {
  readonly kind: AccountKind;
  readonly mode: Mode;
  /** Only variables that have a value. */
  readonly variables: Variables;
}

/** Flags whose values are variables. */
const FLAG_VARIABLES = {
  kind: "WECHAT_ACCOUNT_KIND",
  mode: "WECHAT_MODE",
  "app-id": "WECHAT_APP_ID",
  "app-secret": "WECHAT_APP_SECRET",
  token: "WECHAT_TOKEN",
  "aes-key": "WECHAT_ENCODING_AES_KEY",
  "api-base": "WECHAT_API_BASE",
} as const satisfies Partial<Record<keyof SetupFlags, string>>;

/**
 * What is said already: flags before the environment.
 *
 * @throws {UsageError} when a flag's value cannot be what it is said to be
 */
export function saidAlready(flags: SetupFlags, environment: Variables): Variables {
  const entries = Object.entries(FLAG_VARIABLES).flatMap(([flag, name]) => {
    const own = Object.entries(flags).find(([given]) => given === flag)?.[1];
    const value = typeof own === "string" ? own.trim() : environment[name];
    if (value === undefined || value === "") return [];
    const fault = isChecked(name) ? shapeFault(name, value) : undefined;
    const source = typeof own === "string" ? `--${flag}` : name;
    if (fault !== undefined) throw new UsageError(`${source}: ${fault[0]}.`, `${source}：${fault[1]}。`);
    return [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function isChecked(name: string): name is CheckedVariable {
  return name !== "WECHAT_ACCOUNT_KIND" && name !== "WECHAT_MODE";
}

/**
 * Asks for what is not said yet; what is there before stands as the first answer.
 *
 * @param said what flags and the environment say
 * @param before what `.dev.vars` has
 * @throws {UsageError} when a flag names no kind or mode
 * @throws {ConfigurationError} when `before` has a Token or key that the Worker does not take
 */
export async function askAccount(
  asker: Asker,
  said: Variables,
  before: Variables,
  flags: SetupFlags,
): Promise<Answers> {
  // What cannot be used is found before anybody has answered five questions.
  const keptToken = said["WECHAT_TOKEN"] ?? kept(before, "WECHAT_TOKEN", flags["new-token"]);
  const key = said["WECHAT_ENCODING_AES_KEY"] ?? kept(before, "WECHAT_ENCODING_AES_KEY", flags["new-key"]);
  const kind = await askKind(asker, said, before);
  const mode = await askMode(asker, said, before, kind);
  const appId = await askAppId(asker, said, before, mode);
  const secret = await askSecret(asker, said, before, appId);
  const apiBase = said["WECHAT_API_BASE"];
  const values = {
    WECHAT_ACCOUNT_KIND: kind,
    WECHAT_MODE: mode,
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: secret,
    WECHAT_TOKEN: keptToken ?? randomToken(),
    // In plain mode none is needed; a stand-in that is there goes all the same.
    WECHAT_ENCODING_AES_KEY:
      key ??
      (mode === "plain" && before["WECHAT_ENCODING_AES_KEY"] === undefined ? "" : randomEncodingAesKey()),
    WECHAT_API_BASE: apiBase ?? "",
  };
  return {
    kind,
    mode,
    variables: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")),
  };
}

/** Where a random value can take the place of what `.dev.vars` has, and by which flag. */
const RENEWED_BY = { WECHAT_TOKEN: "--new-token", WECHAT_ENCODING_AES_KEY: "--new-key" } as const;

/**
 * The value that stays: an example's does not, and nobody has entered one at WeChat.
 *
 * @throws {ConfigurationError} when the Worker would not take it
 */
function kept(
  before: Variables,
  name: keyof typeof RENEWED_BY,
  renewed: boolean | undefined,
): string | undefined {
  const value = renewed === true ? undefined : ownOf(before, name);
  const fault = value === undefined ? undefined : workerFault(name, value);
  if (fault === undefined) return value;
  const flag = RENEWED_BY[name];
  throw new ConfigurationError(
    `${DEV_VARS}: ${fault}. Correct it there (a blank or a lost letter?), or have a new one made by ${flag}. Nothing was written.`,
    `${DEV_VARS} 中的 ${name} 有误：请改正（多了空格或少了字符？），或用 ${flag} 重新生成。未写入任何内容。`,
  );
}

/** What `.dev.vars` has of somebody's own. */
function ownOf(before: Variables, name: string): string | undefined {
  const value = before[name];
  return value === undefined || isStandIn(name, value) ? undefined : value;
}

function isStandIn(name: string, value: string): boolean {
  return developmentValues({})[name] === value || isExampleValue(name, value);
}

/** A value that is said to be one of these. @throws {UsageError} when it is none */
function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const names = allowed.join(", ");
  throw new UsageError(`${name} must be one of ${names}.`, `${name} 只能是 ${names}。`);
}

async function askKind(asker: Asker, said: Variables, before: Variables): Promise<AccountKind> {
  const given = oneOf("--kind", said["WECHAT_ACCOUNT_KIND"], ACCOUNT_KINDS);
  if (given !== undefined) return given;
  const previous = ACCOUNT_KINDS.find((kind) => kind === before["WECHAT_ACCOUNT_KIND"]);
  return asker.choose({
    message: "What kind of account is it? · 账号类型？",
    flag: "--kind",
    options: KIND_CHOICES.map(({ kind, zhName, what }) => ({
      value: kind,
      label: `${kind} · ${zhName}: ${what.join(" · ")}`,
    })),
    initial: previous ?? "personal",
    initialHolds: previous !== undefined,
  });
}

const MODE_HINTS: Readonly<Record<Mode, readonly [label: string, hint: string]>> = {
  secure: ["安全模式", "recommended · 推荐"],
  compatible: ["兼容模式", "both at once, while you change over · 仅供过渡"],
  plain: [
    "明文模式",
    "nothing signs the body; all that a test account may offer · 正文无签名，测试号通常只有此项",
  ],
};
/** The recommended one first. */
const OFFERED_MODES: readonly Mode[] = ["secure", "compatible", "plain"];

async function askMode(asker: Asker, said: Variables, before: Variables, kind: AccountKind): Promise<Mode> {
  const given = oneOf("--mode", said["WECHAT_MODE"], MODES);
  if (given !== undefined) return given;
  const previous = MODES.find((mode) => mode === before["WECHAT_MODE"]);
  return asker.choose({
    message: "How does WeChat encrypt its pushes? · 消息加解密方式？",
    flag: "--mode",
    options: OFFERED_MODES.map((value) => {
      const [label, hint] = MODE_HINTS[value];
      return { value, label: `${value} · ${label}`, hint };
    }),
    initial: previous ?? (kind === "test" ? "plain" : "secure"),
    initialHolds: true,
  });
}

async function askAppId(asker: Asker, said: Variables, before: Variables, mode: Mode): Promise<string> {
  const optional = mode === "plain";
  return (
    said["WECHAT_APP_ID"] ??
    asker.ask({
      message: `App id · 开发者ID(AppID)  wx…${optional ? "  (may stay empty · 可留空)" : ""}`,
      flag: "--app-id",
      initial: ownOf(before, "WECHAT_APP_ID"),
      optional,
      fault: (answer) => told("WECHAT_APP_ID", answer),
    })
  );
}

async function askSecret(asker: Asker, said: Variables, before: Variables, appId: string): Promise<string> {
  const given = said["WECHAT_APP_SECRET"];
  // Without an app id there is no API that a secret could open.
  if (given !== undefined || appId === "") return given ?? "";
  const previous = ownOf(before, "WECHAT_APP_SECRET");
  const skipped =
    previous === undefined ? "Enter skips · 回车跳过" : "Enter keeps the present one · 回车保留现有值";
  return asker.askSecret({
    message: `AppSecret  (only for WeChat's API; passive replies need none · 仅调用接口时需要，被动回复不需要。${skipped})`,
    flag: "--app-secret",
    initial: previous,
    optional: true,
    fault: (answer) => told("WECHAT_APP_SECRET", answer),
  });
}

function told(name: CheckedVariable, answer: string): string | undefined {
  return shapeFault(name, answer)?.join(" · ");
}
