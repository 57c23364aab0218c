/**
 * Signatures of operator requests: how a program that holds an account's secret asks its Worker for what no stranger
 * may see. `Authorization: WE1 <timestamp>.<hex>`, an HMAC-SHA256 over `method\npath?query\ntimestamp\nsha256(body)`.
 *
 * The key is derived from the AppSecret, else from the EncodingAESKey; never from the Token, which is short and
 * travels through more hands.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5869 (HKDF)
 */
import { toHex } from "../protocol/bytes.ts";
import { sameSignature } from "../protocol/signature.ts";
import type { AccountDefinition } from "./account.ts";

const SCHEME = "WE1";
const INFO = "wechat-edge/operator/v1";
const AUTHORIZATION = /^WE1 ([1-9][0-9]{9})\.([0-9a-f]{64})$/;
const WINDOW_SECONDS = 300;

const encoder = new TextEncoder();

/** What is signed of a request. `target` is its path and query. */
export interface OperatorRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

/** What of an account its operator's requests are signed with. */
export type OperatorCredentials = Pick<AccountDefinition, "appId" | "appSecret" | "encodingAesKeys">;

/**
 * The `Authorization` header of an operator request.
 *
 * @param timestamp Unix seconds
 * @returns `undefined` when the account has neither AppSecret nor EncodingAESKey to sign with
 */
export async function signOperatorRequest(
  account: OperatorCredentials,
  request: OperatorRequest,
  timestamp: number,
): Promise<string | undefined> {
  const secret = account.appSecret ?? account.encodingAesKeys[0];
  if (secret === undefined) return undefined;
  return `${SCHEME} ${timestamp}.${await mac(secret, account.appId, request, timestamp)}`;
}

/** Whether `authorization` was made for this request with this account's secret, at most 300 s ago. */
export async function isOperatorRequest(
  account: OperatorCredentials,
  request: OperatorRequest,
  authorization: string,
  nowSeconds: number,
): Promise<boolean> {
  const [, timestamp, hex] = AUTHORIZATION.exec(authorization) ?? [];
  if (timestamp === undefined || hex === undefined) return false;
  if (Math.abs(nowSeconds - Number(timestamp)) > WINDOW_SECONDS) return false;
  const expected = await signOperatorRequest(account, request, Number(timestamp));
  return expected !== undefined && sameSignature(expected, `${SCHEME} ${timestamp}.${hex}`);
}

async function mac(
  secret: string,
  appId: string,
  request: OperatorRequest,
  timestamp: number,
): Promise<string> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encoder.encode(appId), info: encoder.encode(INFO) },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(request.body))));
  const text = `${request.method}\n${request.target}\n${timestamp}\n${digest}`;
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}
