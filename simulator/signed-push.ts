/**
 * Requests as WeChat sends them: signed, and sealed as the account's mode says.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Message_encryption_and_decryption_instructions.html
 */
import { importAesKey } from "../src/protocol/aes.ts";
import { RANDOM_BYTES, sealEnvelope } from "../src/protocol/envelope.ts";
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { cdata } from "../src/protocol/cdata.ts";
import { sign } from "../src/protocol/signature.ts";
import { readXml, XmlFault } from "../src/protocol/xml-read.ts";
import { type Credentials, modeOf } from "./account.ts";
import { SAMPLE_ACCOUNT, SAMPLE_OPENID } from "./create-push.ts";
import { pushXml } from "./push-xml.ts";

/** Where the Worker listens under `npm start`. */
export const DEFAULT_URL = "http://localhost:8787/wechat";

/** What WeChat's requests were seen to carry. */
const HEADERS = { "User-Agent": "Mozilla/4.0", Accept: "*/*", Pragma: "no-cache" };
const END_OF_ROOT = /\s*<\/xml>\s*$/;

/** Fills the array it is given and returns it. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** How a request is signed. */
export interface SigningOptions extends Credentials {
  /** The callback URL. Default: `http://localhost:8787/wechat`. */
  readonly url?: string | URL | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Default: digits from `random`. */
  readonly nonce?: string | undefined;
  /** Default `crypto.getRandomValues`. */
  readonly random?: RandomSource | undefined;
}

/** A request, as the two arguments that `fetch`, `new Request` and Hono's `app.request` take. */
export interface SignedRequest {
  readonly url: string;
  readonly init: {
    readonly method: "GET" | "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

/** A push to send. `plain` is the XML inside the envelope. */
export interface SignedPush extends SignedRequest {
  readonly init: SignedRequest["init"] & { readonly body: string };
  readonly plain: string;
}

/** A push whose text is what it is: well-formed or not, no field is added to it. */
export type PushText = string;

/**
 * Signs a push, and in compatible and secure mode encrypts it.
 *
 * @param push made by `createPush`, or the XML itself
 * @throws {RangeError} when the mode needs a key and there is none, or it has not 43 characters
 * @example
 * const { url, init } = await signedPush(createPush("text", { Content: "你好" }), { token, encodingAesKey, appId });
 * const response = await fetch(url, init);
 */
export async function signedPush(
  push: PushEnvelope | PushText,
  options: SigningOptions,
): Promise<SignedPush> {
  const plain = typeof push === "string" ? push : pushXml(push);
  const { to, from } =
    typeof push === "string" ? partiesOf(push) : { to: push.ToUserName, from: push.FromUserName };
  const stamp = stampOf(options);
  const query: Record<string, string> = { ...(await signatureOf(options, stamp)), openid: from };
  const mode = modeOf(options);
  let body = plain;
  if (mode !== "plain") {
    const sealed = await seal(plain, options, stamp);
    query["encrypt_type"] = "aes";
    query["msg_signature"] = sealed.MsgSignature;
    const encrypt = `<Encrypt>${cdata(sealed.Encrypt)}</Encrypt>`;
    body =
      mode === "secure"
        ? `<xml>\n    <ToUserName>${cdata(to)}</ToUserName>\n    ${encrypt}\n</xml>\n`
        : plain.replace(END_OF_ROOT, () => `\n${encrypt}\n</xml>`);
  }
  const headers = { ...HEADERS, "Content-Type": "text/xml" };
  return { url: withQuery(options.url, query), init: { method: "POST", headers, body }, plain };
}

/** The GET by which WeChat checks a callback URL, and what it expects in return. */
export interface SignedUrlCheck extends SignedRequest {
  readonly echostr: string;
}

/**
 * Signs the URL check that the console makes when its form is saved. It is never encrypted.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
 */
export async function signedUrlCheck(
  options: SigningOptions & { readonly echostr?: string | undefined },
): Promise<SignedUrlCheck> {
  const stamp = stampOf(options);
  const { echostr = `${digits(options.random)}${digits(options.random)}` } = options;
  const query = { ...(await signatureOf(options, stamp)), echostr };
  return { url: withQuery(options.url, query), init: { method: "GET", headers: HEADERS }, echostr };
}

interface Stamp {
  readonly timestamp: string;
  readonly nonce: string;
}

function stampOf({ now = Date.now, nonce, random }: SigningOptions): Stamp {
  return { timestamp: String(Math.floor(now() / 1000)), nonce: nonce ?? digits(random) };
}

async function signatureOf(
  { token }: Credentials,
  { timestamp, nonce }: Stamp,
): Promise<Record<string, string>> {
  return { signature: await sign(token, timestamp, nonce), timestamp, nonce };
}

async function seal(
  text: string,
  { encodingAesKey, appId = "", token, random = randomBytes }: SigningOptions,
  { timestamp, nonce }: Stamp,
): ReturnType<typeof sealEnvelope> {
  if (encodingAesKey === undefined) throw new RangeError("only plain mode works without an EncodingAESKey");
  const key = await importAesKey(encodingAesKey);
  const bytes = random(new Uint8Array(RANDOM_BYTES));
  return sealEnvelope(text, { key, token, receiveId: appId, timestamp, nonce, random: bytes });
}

function randomBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(bytes);
}

/** Up to ten digits, as WeChat's nonces have. */
function digits(random: RandomSource = randomBytes): string {
  return String(new DataView(random(new Uint8Array(4)).buffer).getUint32(0));
}

/** By hand: `URLSearchParams` writes blanks as `+`. */
function withQuery(url: string | URL = DEFAULT_URL, query: Readonly<Record<string, string>>): string {
  const target = new URL(url);
  const own = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  target.search = [target.search.slice(1), ...own].filter((part) => part !== "").join("&");
  target.hash = "";
  return target.href;
}

/** Sender and receiver of a text that a test wrote itself, as far as it has any. */
export function partiesOf(text: PushText): { readonly to: string; readonly from: string } {
  try {
    const { ToUserName: to, FromUserName: from } = readXml(text);
    return {
      to: typeof to === "string" ? to : SAMPLE_ACCOUNT,
      from: typeof from === "string" ? from : SAMPLE_OPENID,
    };
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return { to: SAMPLE_ACCOUNT, from: SAMPLE_OPENID };
  }
}
