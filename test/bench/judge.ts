/** Holds a reply against its push. Says what is wrong with it, or "" when it is right. */
import { ACCOUNT, ECHO_PREFIX } from "./account.ts";
import { decodeKey, open, sign, type Opened } from "./cipher.ts";
import type { Push } from "./pushes.ts";

/** Finds the fault in one reply body of a 200 answer; "" = none. */
export type Judge = (push: Push, body: string) => string;

const KEY = decodeKey(ACCOUNT.encodingAesKey);
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The floor does no work: it only has to say that it has read the body. */
export const judgeEmpty: Judge = (_push, body) => (body === "success" ? "" : `body ${quote(body)}`);

/** An echo: signed, sealed and padded as WeChat asks when the push was sealed; names swapped, text returned. */
export const judgeEcho: Judge = (push, body) => {
  const reply = readReply(push, body);
  if ("fault" in reply) return reply.fault;
  const expected = ECHO_PREFIX + push.content;
  return reply.content === expected ? "" : `Content is ${quote(reply.content)}, not ${quote(expected)}`;
};

/** The text of a reply that is addressed, and sealed, as it must be; or what is wrong with it. */
export function readReply(push: Push, body: string): { content: string } | { fault: string } {
  if (push.mode === "plain") return readMessage(push, body);
  const encrypted = field(body, "Encrypt");
  if (!encrypted) return { fault: `no Encrypt in ${quote(body)}` };
  const signature = sign(
    ACCOUNT.token,
    field(body, "TimeStamp") ?? "",
    field(body, "Nonce") ?? "",
    encrypted,
  );
  if (field(body, "MsgSignature") !== signature) return { fault: "MsgSignature does not fit" };
  let opened: Opened;
  try {
    opened = open(KEY, encrypted);
  } catch (error) {
    return { fault: `does not open: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (opened.receiveId !== ACCOUNT.appId) return { fault: `receive id ${quote(opened.receiveId)}` };
  return readMessage(push, opened.xml);
}

function readMessage(push: Push, xml: string): { content: string } | { fault: string } {
  const expected = { ToUserName: push.openId, FromUserName: ACCOUNT.originalId, MsgType: "text" };
  for (const [tag, value] of Object.entries(expected)) {
    const got = field(xml, tag);
    if (got !== value) return { fault: `${tag} is ${quote(got ?? "missing")}, not ${quote(value)}` };
  }
  const content = field(xml, "Content");
  return content === undefined ? { fault: "Content is missing" } : { content };
}

/** The text of the first `<tag>`, as CDATA or escaped. */
function field(xml: string, tag: string): string | undefined {
  const match = new RegExp(`<${tag}>\\s*(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))\\s*</${tag}>`).exec(xml);
  return match?.[1] ?? match?.[2]?.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, unescape);
}

function unescape(whole: string, name: string): string {
  if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
  return String.fromCodePoint(name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
