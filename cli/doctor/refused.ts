/** `--refused`: the requests that the Worker refused, with their reasons. */
import { type AccountDefinition } from "../../src/accounts/account.ts";
import { tableLines } from "../table.ts";
import { askWorker, notOurs } from "../worker-request.ts";
import { REASON_WORDS } from "./refusal-words.ts";
import { shown } from "./telling.ts";

/** A hundred refusals with their facts. */
const MAX_ANSWER_BYTES = 262_144;

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
