/** Reads WeChat's answers: JSON objects, in which `errcode` decides, and nothing else does. */
import { ApiError } from "../../errors.ts";
import { hintOf, reactionTo } from "./errcodes.ts";
import { type OpenAnswer, unreadable } from "./exchange.ts";

/** The members of an answer, as they came; whole numbers beyond 2^53 as texts. */
export type AnswerFields = Readonly<Record<string, unknown>>;

/**
 * Reads an answer as JSON.
 *
 * @throws {ApiError} when it carries an error number
 * @throws {ApiUnreachableError} when it is nothing that WeChat would answer
 */
export async function readAnswer(answer: OpenAnswer, path: string, maxBytes: number): Promise<AnswerFields> {
  const text = await answer.text(maxBytes);
  if (answer.status !== 200) throw unreadable(path, `status ${answer.status} instead of 200`);
  if (text === "") throw unreadable(path, "the answer is empty");
  let fields: unknown;
  try {
    fields = JSON.parse(text, keepLargeNumbers);
  } catch {
    throw unreadable(path, "the answer is not JSON");
  }
  if (!isFields(fields)) throw unreadable(path, "the answer is not a JSON object");
  const { errcode, errmsg } = fields;
  if (errcode === undefined || errcode === 0) return fields;
  if (typeof errcode !== "number") throw unreadable(path, "errcode is not a number");
  throw refusal(errcode, typeof errmsg === "string" ? errmsg : "", path);
}

const OPENING_BRACE = 0x7b;

/**
 * Whether an answer is a file. WeChat sends both permanent media and JSON as `text/plain`: no format of media begins as
 * JSON does.
 */
export async function isFile(answer: OpenAnswer): Promise<boolean> {
  const type = answer.headers.get("content-type") ?? "text/plain";
  if (answer.status !== 200 || /json|html/i.test(type)) return false;
  if (!/text\/plain/i.test(type)) return true;
  const first = await answer.firstByte();
  return first !== undefined && first !== OPENING_BRACE;
}

/** The error of a refused call. */
export function refusal(errcode: number, errmsg: string, path: string, remembered = false): ApiError {
  return new ApiError(errcode, errmsg, {
    path,
    reaction: reactionTo(errcode),
    hint: hintOf(errcode, errmsg),
    remembered,
  });
}

function keepLargeNumbers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value;
}

function isFields(value: unknown): value is AnswerFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
