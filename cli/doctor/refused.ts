/** `--refused`: the requests that the Worker refused, with their reasons. */
import { type AccountDefinition } from "../../src/accounts/account.ts";
import type { FailureReason } from "../../src/protocol/failures.ts";
import { tableLines } from "../table.ts";
import { askWorker, notOurs } from "../worker-request.ts";
import { shown } from "./telling.ts";

/** A hundred refusals with their facts. */
const MAX_ANSWER_BYTES = 262_144;

/** What a reason means, in short. */
export const REASON_WORDS: Readonly<Record<FailureReason, readonly [en: string, zh: string]>> = {
  method_not_allowed: ["neither GET nor POST", "不是 GET 或 POST"],
  account_unknown: ["no such account", "没有该账号"],
  account_misconfigured: ["the account is not configured right", "账号配置有误"],
  parameter_malformed: ["a parameter is missing or malformed", "参数缺失或格式不对"],
  timestamp_outside_window: ["the timestamp is too old or too new", "时间戳过旧或过新"],
  signature_mismatch: ["signed with another Token", "签名不匹配（Token 不同）"],
  msg_signature_mismatch: ["the body does not fit its signature", "正文与签名不匹配"],
  replayed_with_other_body: ["a signature again, with another body", "相同签名、不同正文"],
  body_too_large: ["the body is too large", "正文过大"],
  body_unreadable: ["the body broke off or is not UTF-8", "正文不完整或不是 UTF-8"],
  envelope_missing: ["not encrypted, but the mode wants it", "没有加密（模式要求加密）"],
  envelope_unopenable: ["sealed with another key or app id", "无法解密（密钥或 AppID 不同）"],
  push_malformed: ["no readable push", "无法解析的推送"],
};

/** One refused request. */
interface Refusal {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly path: string;
  readonly reason: string;
  readonly fact: string;
}

/** What the Worker keeps of refused requests. */
export interface Refused {
  readonly refusals: readonly Refusal[];
  readonly counts: readonly { readonly reason: string; readonly count: number }[];
}

/**
 * Asks the Worker. Throws as `askWorker` does.
 *
 * @throws {ApiUnreachableError} when the answer is no such list
 */
export async function askRefused(
  account: AccountDefinition,
  origin: string,
  clock: () => number,
): Promise<Refused> {
  const { fields, path } = await askWorker(
    { account, origin, clock },
    { method: "GET", resource: "refusals", maxAnswerBytes: MAX_ANSWER_BYTES },
  );
  if (isRefused(fields)) return fields;
  throw notOurs(path);
}

/** The lines of the list, newest first, with the sums below. */
export function refusedLines({ refusals, counts }: Refused): string[] {
  if (refusals.length === 0) return ["No request was refused so far. · 至今没有被拒绝的请求。"];
  const head = ["time · 时间", "path · 路径", "reason · 原因", "fact · 详情"];
  const rows = refusals.map(({ time, path, reason, fact }) => [
    new Date(time).toISOString().replace(/\.\d+/, ""),
    shown(path),
    reasonText(reason),
    shown(fact),
  ]);
  const sums = counts.map(({ reason, count }) => `${String(count).padStart(6)}  ${reasonText(reason)}`);
  return [...tableLines([head, ...rows]), "", "in all · 合计", ...sums];
}

function reasonText(reason: string): string {
  const words = Object.entries(REASON_WORDS).find(([name]) => name === reason)?.[1];
  return words === undefined ? shown(reason) : `${words[0]} · ${words[1]}`;
}

function isRefused(fields: object): fields is Refused {
  return (
    isListOf(fields, "refusals", (one) => hasTime(one) && hasTexts(one, ["path", "reason", "fact"])) &&
    isListOf(
      fields,
      "counts",
      (one) => hasTexts(one, ["reason"]) && typeof Reflect.get(one, "count") === "number",
    )
  );
}

function hasTime(value: object): boolean {
  const time: unknown = Reflect.get(value, "time");
  return typeof time === "number" && !Number.isNaN(new Date(time).getTime());
}

function hasTexts(value: object, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(value, name) === "string");
}

function isListOf(value: object, name: string, isOne: (entry: object) => boolean): boolean {
  const list: unknown = Reflect.get(value, name);
  return (
    Array.isArray(list) &&
    list.every((entry: unknown) => typeof entry === "object" && entry !== null && isOne(entry))
  );
}
