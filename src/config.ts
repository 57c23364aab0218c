/** Settings that hold for the whole Worker, read from its variables. Accounts are read by accounts/. */
import { isLogLevel, type LogLevel } from "./telemetry/logger.ts";

/** The Worker's settings. */
export interface Settings {
  /** `LOG_LEVEL`: the lowest level that is written. Default `info`. */
  readonly logLevel: LogLevel;
  /** `LOG_CONTENT=true`: message content and users appear in the log. Default off. */
  readonly logContent: boolean;
  /** `REPLY_DEADLINE_MS`: the answer leaves this long after a push arrived. Default 4,500; WeChat waits 5,000. */
  readonly replyDeadlineMs: number;
  /** `FRESHNESS_SECONDS`: how far a request's timestamp may be from our clock, either way. Default 300. */
  readonly freshnessSeconds: number;
  /** `MAX_BODY_BYTES`: larger bodies are refused while they are read. Default 65,536. */
  readonly maxBodyBytes: number;
  /** `DEDUP_SECONDS`: a push that comes again within this time is answered alike and not handled again. Default 86,400. */
  readonly dedupSeconds: number;
  /** `PAGE_DAYS`: how long a page with a long text can be read. Default 7. */
  readonly pageDays: number;
  /** `LOCATION_HINT`: where new Durable Objects are placed. Default `apac-se`. */
  readonly locationHint: DurableObjectLocationHint;
}

const LOCATION_HINTS: readonly string[] = [
  "wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me",
] satisfies DurableObjectLocationHint[]; // prettier-ignore

/** Least and most, both included. */
export type Range = readonly [least: number, most: number];

/** WeChat waits 5,000 ms: a later answer would reach nobody. */
export const REPLY_DEADLINE_RANGE_MS: Range = [100, 4_900];

/**
 * Reads one variable: `undefined` when it is unset or blank. Blanks around a value are a common slip of copying
 * and no part of any credential, so they are cut.
 */
export function variable(env: object, name: string): string | undefined {
  const value: unknown = Reflect.get(env, name);
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

/** Members that a variable names, as JSON; `undefined` when it is unset, or no object. The latter is a fault. */
export function jsonObject(env: object, name: string, faults: string[] = []): object | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // a fault like any other value that is no object
  }
  faults.push(`${name} must be a JSON object`);
  return undefined;
}

/**
 * Reads all settings. What is invalid keeps its default, and is named in `faults`: a mistyped log level must not
 * silence an account.
 */
export function readSettings(env: object): { settings: Settings; faults: string[] } {
  const faults: string[] = [];
  const number = (name: string, fallback: number, range: Range): number => {
    const text = variable(env, name);
    return text === undefined ? fallback : (wholeNumber(text, name, range, faults) ?? fallback);
  };
  const settings: Settings = {
    logLevel: logLevel(variable(env, "LOG_LEVEL"), faults),
    logContent: variable(env, "LOG_CONTENT") === "true",
    replyDeadlineMs: number("REPLY_DEADLINE_MS", 4_500, REPLY_DEADLINE_RANGE_MS),
    freshnessSeconds: number("FRESHNESS_SECONDS", 300, [1, Number.MAX_SAFE_INTEGER]),
    maxBodyBytes: number("MAX_BODY_BYTES", 65_536, [1_024, 1_048_576]),
    dedupSeconds: number("DEDUP_SECONDS", 86_400, [60, 2_592_000]),
    pageDays: number("PAGE_DAYS", 7, [1, 30]),
    locationHint: locationHint(variable(env, "LOCATION_HINT"), faults),
  };
  jsonObject(env, "MODEL_EXTRA", faults); // read by the assistant, where nobody is told of faults
  return { settings, faults };
}

/** The whole number that `text` stands for; one outside of the range is a fault of `name`. */
export function wholeNumber(
  text: string,
  name: string,
  [least, most]: Range,
  faults: string[],
): number | undefined {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  faults.push(`${name} must be a whole number from ${least} to ${most}`);
  return undefined;
}

function logLevel(name: string | undefined, faults: string[]): LogLevel {
  if (name === undefined) return "info";
  if (isLogLevel(name)) return name;
  faults.push("LOG_LEVEL must be debug, info, warn, error or silent");
  return "info";
}

function locationHint(name: string | undefined, faults: string[]): DurableObjectLocationHint {
  if (name === undefined) return "apac-se";
  if (isLocationHint(name)) return name;
  faults.push(`LOCATION_HINT must be one of ${LOCATION_HINTS.join(", ")}`);
  return "apac-se";
}

function isLocationHint(name: string): name is DurableObjectLocationHint {
  return LOCATION_HINTS.includes(name);
}
