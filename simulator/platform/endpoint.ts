/** What one call of WeChat's API is made of: who may make it, what it is given, what it answers. */
import type { Right } from "../account.ts";
import { errmsgOf } from "./errmsg.ts";
import type { PlatformAccount } from "./platform-account.ts";

/** A JSON object as it stands in a body. */
export type JsonObject = { readonly [name: string]: unknown };

/** One WeChat call: who may make it and what it does. */
export interface ApiEndpoint {
  /** Another method is answered with 43001 or 43002. */
  readonly method: "GET" | "POST";
  /** `/cgi-bin/menu/create` */
  readonly path: string;
  /** What the account's kind must have, else 48001. */
  readonly right: Right;
  /** `token`: the account is told by `access_token`, which is checked. `none`: by `appid` (query or JSON body), or by `owner`. */
  readonly access: "token" | "none";
  /** Calls a day. Default: no limit. */
  readonly dailyLimit?: number | undefined;
  /** Calls a day of a test account. Default: a tenth of `dailyLimit`. */
  readonly testDailyLimit?: number | undefined;
  /** How the account is found where `access` is `none` and there is no `appid`. */
  readonly owner?: Ownership | undefined;
  /** The answer; an `ApiFailure` may be returned or thrown. */
  readonly handle: (call: ApiCall) => ApiResult | Promise<ApiResult>;
}

/** Tells an account by something else than `appid` or `access_token`, such as a ticket. */
export interface Ownership {
  readonly isOf: (platform: PlatformAccount, query: URLSearchParams) => boolean;
  /** The answer when it is nobody's. */
  readonly nobodys: (query: URLSearchParams) => ApiFailure | Response;
}

/** A call that may be made: account, token, right and quota have been checked. */
export interface ApiCall {
  /** Id of the recorded call, for what it shows on a phone. */
  readonly id: string;
  /** The account's state. */
  readonly platform: PlatformAccount;
  readonly query: URLSearchParams;
  /** As it came; `jsonOf` reads it. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the request; empty when there is none. */
  readonly contentType: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of the simulator: `http://localhost:8788`. */
  readonly origin: string;
  readonly clientIp: string;
}

/** What a call comes to. An object is sent as JSON as it is, with status 200. */
export type ApiResult = ApiFailure | Response | JsonObject;

/** A refusal of WeChat's: status 200 and `{ errcode, errmsg }`. The `rid` is added where it is sent. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly errcode: number;

  /** @param errmsg default: what WeChat says with that code */
  constructor(errcode: number, errmsg: string = errmsgOf(errcode)) {
    super(errmsg);
    this.errcode = errcode;
  }

  get errmsg(): string {
    return this.message;
  }
}

/** The answer of calls that have nothing to tell. */
export const OK = { errcode: 0, errmsg: "ok" } as const;

/**
 * The body as a JSON object.
 *
 * @throws {ApiFailure} 44002 when it is empty, 47001 when it is no JSON object in UTF-8
 */
export function jsonOf({ body }: Pick<ApiCall, "body">): JsonObject {
  if (body.length === 0) throw new ApiFailure(44002);
  const json = parsedOf(body);
  if (!isJsonObject(json)) throw new ApiFailure(47001);
  return json;
}

function parsedOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return undefined;
  }
}

/** Whether `value` is a JSON object: no list, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of that name; `undefined` when there is none, or it is no text. */
export function textIn(json: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The number of that name; `undefined` when there is none. */
export function numberIn(json: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return typeof value === "number" ? value : undefined;
}

/** The object of that name; `undefined` when there is none. */
export function objectIn(json: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return isJsonObject(value) ? value : undefined;
}

/** The list of that name; `undefined` when there is none. */
export function listIn(json: JsonObject, name: string): readonly unknown[] | undefined {
  const value: unknown = Object.hasOwn(json, name) ? json[name] : undefined;
  return Array.isArray(value) ? value : undefined;
}

/** How many characters a text has, as people count them who count an emoji as one. */
export function charactersOf(text: string): number {
  return Array.from(text).length;
}
