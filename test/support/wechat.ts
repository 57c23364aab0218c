/**
 * WeChat's side, written a second time: node:crypto and string templates, sharing no line with `src/` or the
 * simulator. What both sides got wrong alike would go unnoticed otherwise.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

export const TOKEN = "test-token";
export const APP_ID = "wx0123456789abcdef";
export const AES_KEY = "kWxWn9SgXLGYX0JCSjKQZSYD6DDuH1RHoWyBU3dQvTP";
export const OTHER_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
export const ACCOUNT_NAME = "gh_0123456789ab";
export const OPENID = "oTest0123456789abcdefghijkl";

export type Mode = "plain" | "compatible" | "secure";

export function sha1(...parts: string[]): string {
  return createHash("sha1").update(parts.sort().join("")).digest("hex");
}

function rawKey(encodingAesKey: string): Buffer {
  return Buffer.from(`${encodingAesKey}=`, "base64");
}

/** Encrypts as WeChat does. `tamper` sees the padded plaintext before encryption. */
export function encrypt(
  text: string | Buffer,
  { key = AES_KEY, appId = APP_ID, tamper = (plain: Buffer): Buffer => plain } = {},
): string {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([randomBytes(16), length, body, Buffer.from(appId)]);
  const pad = 32 - (plain.length % 32);
  const padded = tamper(Buffer.concat([plain, Buffer.alloc(pad, pad)]));
  const raw = rawKey(key);
  const cipher = createCipheriv("aes-256-cbc", raw, raw.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString("base64");
}

/** Decrypts and checks every part of the envelope. */
export function decrypt(encrypted: string, { key = AES_KEY, appId = APP_ID } = {}): string {
  const raw = rawKey(key);
  const decipher = createDecipheriv("aes-256-cbc", raw, raw.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(encrypted, "base64"), decipher.final()]);
  const pad = plain[plain.length - 1] ?? 0;
  if (plain.length % 32 !== 0 || pad < 1 || pad > 32) throw new Error(`padding ${pad} of ${plain.length}`);
  const length = plain.readUInt32BE(16);
  const id = plain.subarray(20 + length, plain.length - pad).toString();
  if (id !== appId) throw new Error(`app id ${id}`);
  return plain.subarray(20, 20 + length).toString();
}

export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

let messageId = 25_283_712_345_678_901n;

/** Content of an element: a text, which goes into a CDATA section, or markup, which goes in as it is. */
export type Content = string | { readonly xml: string };

/** The XML of a push: envelope first, then `fields`. */
export function pushXml(fields: Record<string, Content>): string {
  const all: Record<string, Content> = {
    ToUserName: ACCOUNT_NAME,
    FromUserName: OPENID,
    CreateTime: String(Math.floor(Date.now() / 1000)),
    ...fields,
  };
  const elements = Object.entries(all).map(([name, value]) => {
    const bare =
      typeof value === "string" && /^\d+$/.test(value) && (name === "CreateTime" || name === "MsgId");
    const content = typeof value === "object" ? value.xml : bare ? value : cdata(value);
    return `<${name}>${content}</${name}>`;
  });
  return `<xml>${elements.join("\n")}\n</xml>`;
}

export function textXml(content: string, extra: Record<string, Content> = {}): string {
  return pushXml({ MsgType: "text", Content: content, MsgId: String(++messageId), ...extra });
}

export function eventXml(event: string, extra: Record<string, Content> = {}): string {
  return pushXml({ MsgType: "event", Event: event, ...extra });
}

export interface PushOptions {
  readonly mode?: Mode;
  readonly token?: string;
  readonly key?: string;
  readonly appId?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly path?: string;
  /** Ciphertext to send instead of the encrypted body. */
  readonly encrypted?: string;
  /** Changes the query after it was signed; `undefined` removes a parameter. */
  readonly query?: Record<string, string | undefined>;
  /** Added to the query as it is. */
  readonly extraQuery?: string;
  /** Changes the body after it was signed. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

export function now(): string {
  return String(Math.floor(Date.now() / 1000));
}

/** The POST that delivers `xml`. Each negative test breaks one thing of it. */
export function pushRequest(xml: string, options: PushOptions = {}): Request {
  const { mode = "secure", token = TOKEN, key = AES_KEY, appId = APP_ID, timestamp = now() } = options;
  const { nonce = String(randomBytes(4).readUInt32BE()), path = "/wechat" } = options;
  const query: Record<string, string | undefined> = {
    signature: sha1(token, timestamp, nonce),
    timestamp,
    nonce,
    openid: OPENID,
  };
  let body = xml;
  if (mode !== "plain") {
    const encrypted = options.encrypted ?? encrypt(xml, { key, appId });
    query["encrypt_type"] = "aes";
    query["msg_signature"] = sha1(token, timestamp, nonce, encrypted);
    const sealed = `<Encrypt>${cdata(encrypted)}</Encrypt>`;
    body =
      mode === "secure"
        ? `<xml>\n    <ToUserName>${cdata(ACCOUNT_NAME)}</ToUserName>\n    ${sealed}\n</xml>\n`
        : xml.replace(/<\/xml>\s*$/, `${sealed}</xml>`);
  }
  const url = `https://bot.example.com${path}?${queryString({ ...query, ...options.query })}${options.extraQuery ?? ""}`;
  return new Request(url, {
    method: "POST",
    body: options.body ?? body,
    headers: { "content-type": "text/xml", ...options.headers },
  });
}

/** The GET by which WeChat checks the URL. */
export function checkRequest(echostr: string, options: PushOptions = {}): Request {
  const { token = TOKEN, timestamp = now(), nonce = "486452656", path = "/wechat" } = options;
  const query = { signature: sha1(token, timestamp, nonce), timestamp, nonce, echostr, ...options.query };
  return new Request(`https://bot.example.com${path}?${queryString(query)}${options.extraQuery ?? ""}`);
}

function queryString(query: Record<string, string | undefined>): string {
  return Object.entries(query)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** One element of a flat text, CDATA sections put together. */
export function element(xml: string, name: string): string | undefined {
  const inner = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1];
  if (inner === undefined) return undefined;
  const sections = [...inner.matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g)].map(([, text = ""]) => text);
  return sections.length > 0 ? sections.join("") : inner;
}

/** Opens a sealed reply, checking signature and envelope. */
export function openReply(body: string, { token = TOKEN, key = AES_KEY, appId = APP_ID } = {}): string {
  const encrypted = element(body, "Encrypt") ?? "";
  const expected = sha1(token, element(body, "TimeStamp") ?? "", element(body, "Nonce") ?? "", encrypted);
  if (element(body, "MsgSignature") !== expected) throw new Error("MsgSignature is wrong");
  return decrypt(encrypted, { key, appId });
}
