/** Text pushes as WeChat sends them, each with its own MsgId, nonce and the current time. */
import { randomInt } from "node:crypto";
import { decodeKey, seal, sign } from "./cipher.ts";
import { CONTENT_BYTES, CONTENT_SPREAD_BYTES } from "./constants.ts";
import { ACCOUNT, CALLBACK_PATH, type Mode } from "./account.ts";
import type { Users } from "./users.ts";

/** One push, ready to be written to a socket, and what its reply will be held against. */
export interface Push {
  mode: Mode;
  openId: string;
  msgId: string;
  content: string;
  /** The HTTP/1.1 request, head and body. */
  wire: Buffer;
}

const KEY = decodeKey(ACCOUNT.encodingAesKey);
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
export function makePushes(mode: Mode, count: number, users: Users): Push[] {
  return Array.from({ length: count }, (_, index) => makePush(mode, users.next(), makeContent(index)));
}

/** Makes one push. `msgId`: that of a push that is sent again. */
export function makePush(mode: Mode, openId: string, content: string, msgId = String(++lastMsgId)): Push {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(++lastNonce);
  const message =
    `<xml><ToUserName><![CDATA[${ACCOUNT.originalId}]]></ToUserName>\n` +
    `<FromUserName><![CDATA[${openId}]]></FromUserName>\n<CreateTime>${timestamp}</CreateTime>\n` +
    `<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[${content}]]></Content>\n<MsgId>${msgId}</MsgId>\n</xml>`;
  const signature = sign(ACCOUNT.token, timestamp, nonce);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openId}`;
  const push = { mode, openId, msgId, content };
  if (mode === "plain") return { ...push, wire: toWire(query, message) };

  const encrypted = seal(KEY, message, ACCOUNT.appId);
  const envelope =
    `<xml>\n    <ToUserName><![CDATA[${ACCOUNT.originalId}]]></ToUserName>\n` +
    `    <Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>\n`;
  const sealedQuery = `${query}&encrypt_type=aes&msg_signature=${sign(ACCOUNT.token, timestamp, nonce, encrypted)}`;
  return { ...push, wire: toWire(sealedQuery, envelope) };
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
