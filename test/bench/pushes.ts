// Text pushes as WeChat sends them, each with its own user, MsgId, nonce and the current time.
import { randomBytes, randomInt } from "node:crypto";
import { decodeKey, seal, sign } from "./cipher.ts";
import { CONTENT_BYTES, CONTENT_SPREAD_BYTES } from "./constants.ts";
import { ACCOUNT, CALLBACK_PATH, type Mode } from "./account.ts";

/** One push, ready to be written to a socket, and what its reply will be held against. */
export interface Push {
  mode: Mode;
  openId: string;
  content: string;
  /** The HTTP/1.1 request, head and body. */
  wire: Buffer;
}

const KEY = decodeKey(ACCOUNT.encodingAesKey);
const OPEN_ID_BYTES = 16; // with the prefix a 28-character openid, like the real ones
const WORDS = [
  "你好",
  "今天天气",
  "hello",
  "帮助",
  "order",
  "查询",
  "谢谢",
  "2026",
  "menu",
  "客服",
  "😀",
  "a<b&c",
];

/** Counted, not drawn: of some thousand drawn ones two would now and then be alike, which looks like a replay. */
let lastNonce = randomInt(1e9, 2e9);
let lastMsgId = BigInt(Date.now()) * 1_000_000n + BigInt(randomInt(1_000_000));

/**
 * Makes `count` correctly signed pushes.
 *
 * Servers accept a push for some minutes only: make a pool just before it is sent.
 */
export function makePushes(mode: Mode, count: number): Push[] {
  return Array.from({ length: count }, (_, index) => makePush(mode, index));
}

function makePush(mode: Mode, index: number): Push {
  const openId = `oBench${randomBytes(OPEN_ID_BYTES).toString("base64url")}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(++lastNonce);
  const content = makeContent(index);
  const message =
    `<xml><ToUserName><![CDATA[${ACCOUNT.originalId}]]></ToUserName>\n` +
    `<FromUserName><![CDATA[${openId}]]></FromUserName>\n<CreateTime>${timestamp}</CreateTime>\n` +
    `<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[${content}]]></Content>\n<MsgId>${++lastMsgId}</MsgId>\n</xml>`;
  const signature = sign(ACCOUNT.token, timestamp, nonce);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openId}`;
  if (mode === "plain") return { mode, openId, content, wire: toWire(query, message) };

  const encrypted = seal(KEY, message, ACCOUNT.appId);
  const envelope =
    `<xml>\n    <ToUserName><![CDATA[${ACCOUNT.originalId}]]></ToUserName>\n` +
    `    <Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>\n`;
  const sealedQuery = `${query}&encrypt_type=aes&msg_signature=${sign(ACCOUNT.token, timestamp, nonce, encrypted)}`;
  return { mode, openId, content, wire: toWire(sealedQuery, envelope) };
}

/** Chinese, emoji and XML's own characters; the lengths cover a whole cycle of padding. */
function makeContent(index: number): string {
  const size = CONTENT_BYTES + randomInt(CONTENT_SPREAD_BYTES);
  let content = `#${index}`;
  while (Buffer.byteLength(content) < size) content += ` ${WORDS[randomInt(WORDS.length)]}`;
  return content;
}

function toWire(query: string, body: string): Buffer {
  return Buffer.from(
    `POST ${CALLBACK_PATH}?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n` +
      `Pragma: no-cache\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
