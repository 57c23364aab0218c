/**
 * Links to pages with long texts: `<base>/t/<account>/<object><page>?k=<until>.<mac>`. What they name cannot be guessed,
 * and an HMAC-SHA256 over all of it lets nothing else reach a conversation's object.
 *
 * The key is derived from the account's AppSecret, else from its EncodingAESKey: whoever replaces that one ends the links
 * that are out. Never from the Token: somebody has thought of it, and whoever has a link could try words until one fits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5869 (HKDF)
 */
import { toHex } from "../protocol/bytes.ts";
import { sameSignature } from "../protocol/signature.ts";
import { utf8Length } from "../protocol/utf8.ts";
import type { AccountDefinition } from "./account.ts";

const INFO = "wechat-edge/page/v1";
const ADDRESS = /^([0-9a-f]{64})([0-9a-f]{32})$/;
const PASS = /^([1-9][0-9]{9})\.([0-9a-f]{64})$/;
const DEFAULT_TEXT = "阅读全文";

const encoder = new TextEncoder();

/** A page, as it is kept with the reply whose text goes on there. */
export interface PageLink {
  readonly account: string;
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  /** Until when it can be read, in Unix seconds. */
  readonly until: number;
}

/** Where a link leads. */
export interface PageAddress {
  /** The conversation's object: 64 hexadecimal digits. */
  readonly object: string;
  readonly id: string;
}

type Credentials = Pick<AccountDefinition, "id" | "appId" | "appSecret" | "encodingAesKeys">;
type Linking = Pick<AccountDefinition, "longTexts" | "texts">;

/**
 * What stands behind the last part of a text whose rest is on a page; empty when the account has lost what links are
 * signed with.
 *
 * @param object the conversation's object, as 64 hexadecimal digits
 */
export async function pageLinkText(
  account: Credentials & Linking,
  object: string,
  { id, until }: PageLink,
): Promise<string> {
  const signed = await mac(account, object + id, until);
  return signed === undefined ? "" : linkText(account, account.id, object + id, `${until}.${signed}`);
}

/** Bytes of that text; 0 for an account that has no pages. */
export function pageLinkBytes(account: Linking & Pick<AccountDefinition, "id">): number {
  return utf8Length(linkText(account, account.id, "0".repeat(96), `${"0".repeat(10)}.${"0".repeat(64)}`));
}

/**
 * Where a link leads.
 *
 * @param address its last path segment
 * @param pass its `k`
 * @returns `undefined` for a link that is not one of ours, and for one that is past its time
 */
export async function openPageLink(
  account: Credentials,
  address: string,
  pass: string,
  nowSeconds: number,
): Promise<PageAddress | undefined> {
  const [, object, id] = ADDRESS.exec(address) ?? [];
  const [, until, given] = PASS.exec(pass) ?? [];
  if (object === undefined || id === undefined || until === undefined || given === undefined)
    return undefined;
  const expected = await mac(account, address, Number(until));
  const isOurs = expected !== undefined && sameSignature(expected, given);
  return isOurs && nowSeconds < Number(until) ? { object, id } : undefined;
}

function linkText({ longTexts, texts }: Linking, account: string, address: string, pass: string): string {
  if (longTexts.kind !== "page") return "";
  return `\n\n<a href="${longTexts.base}/t/${account}/${address}?k=${pass}">${texts.page ?? DEFAULT_TEXT}</a>`;
}

async function mac(account: Credentials, address: string, until: number): Promise<string | undefined> {
  const secret = account.appSecret ?? account.encodingAesKeys[0];
  if (secret === undefined) return undefined;
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encoder.encode(account.appId), info: encoder.encode(INFO) },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  const text = `${account.id}\n${address}\n${until}`;
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}
