/** Judges an answer as WeChat does: shown, silent, or abnormal. */
import type { PushEnvelope, WireObject } from "../src/protocol/pushes/wire.ts";
import { readXml, XmlFault } from "../src/protocol/xml-read.ts";
import { type Credentials, modeOf } from "./account.ts";
import { checkMessage } from "./check-message.ts";
import type { ShownReply } from "./exchange.ts";
import { type Fault, faultOf, type FaultReason } from "./faults.ts";
import { openReply } from "./open-reply.ts";

/** Far more than any passive reply. */
const MAX_ANSWER_BYTES = 262_144;

/** What WeChat makes of an answer. `plain` is the reply inside its envelope. */
export type ReplyReading =
  /** The user sees `reply`. `warning` says what of it WeChat leaves out. */
  | {
      readonly kind: "reply";
      readonly reply: ShownReply;
      readonly plain: string;
      readonly sealed: boolean;
      readonly warning?: string;
    }
  /** `success` or an empty body: the user sees nothing. */
  | { readonly kind: "silence" }
  /** The user reads a failure notice. `fault` says why, in English and Chinese. */
  | {
      readonly kind: "abnormal";
      readonly reason: FaultReason;
      readonly fault: string;
      readonly plain?: string;
    };

/** An answer whose body has been read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Reads a response to a push.
 *
 * @param push the push that it answers: the reply must go back to its sender
 * @example
 * const reading = await readReply(await fetch(url, init), push, account);
 * expect(reading).toMatchObject({ kind: "reply", reply: { MsgType: "text", fields: { Content: "echo: 你好" } } });
 */
export async function readReply(
  response: Response,
  push: PushEnvelope,
  credentials: Credentials,
): Promise<ReplyReading> {
  const answer = await readAnswer(response);
  return "reason" in answer ? abnormal(answer) : judgeAnswer(answer, push, credentials);
}

/** Takes a response in: bounded, and as strict UTF-8. A byte order mark stays. */
export async function readAnswer(response: Response): Promise<Answer | Fault> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) return faultOf("too_large", MAX_ANSWER_BYTES);
    chunks.push(chunk);
  }
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const body = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch {
    return faultOf("not_utf8");
  }
}

/** `readReply` for an answer that was read already. */
export async function judgeAnswer(
  { status, body }: Answer,
  push: PushEnvelope,
  credentials: Credentials,
): Promise<ReplyReading> {
  if (status !== 200)
    return abnormal(isRefusal(status) ? faultOf("refused", status) : faultOf("status", status));
  if (body === "" || body === "success") return { kind: "silence" };
  const outer = readFields(body);
  if ("reason" in outer) return abnormal(outer);
  const mode = modeOf(credentials);
  const sealed = outer.fields["Encrypt"] !== undefined;
  if (!sealed) {
    return mode === "secure"
      ? abnormal(faultOf("not_sealed"), body)
      : judgeMessage(outer.fields, body, push, false);
  }
  if (mode === "plain") return abnormal(faultOf("sealed_in_plain_mode"));
  const opened = await openReply(outer.fields, credentials);
  if ("reason" in opened) return abnormal(opened);
  const inner = readFields(opened.text);
  if ("reason" in inner) return abnormal(inner, opened.text);
  return judgeMessage(inner.fields, opened.text, push, true);
}

function judgeMessage(fields: WireObject, plain: string, push: PushEnvelope, sealed: boolean): ReplyReading {
  const checked = checkMessage(fields, push);
  return "reason" in checked ? abnormal(checked, plain) : { kind: "reply", ...checked, plain, sealed };
}

function abnormal({ reason, fault }: Fault, plain?: string): ReplyReading {
  return { kind: "abnormal", reason, fault, ...(plain === undefined ? {} : { plain }) };
}

/** Statuses by which a callback says that it does not believe the request, or cannot know whether to. */
function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500) || status === 503;
}

// oxlint-disable-next-line no-control-regex -- these are the characters to find
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/g;
const STRAY = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[\dA-Fa-f]{1,6});)|\]\]>/;

/** Stricter than the Worker's own reader, which has to live with what it gets. */
function readFields(text: string): { readonly fields: WireObject } | Fault {
  const start = text.trimStart();
  if (/^[{[]/.test(start)) return faultOf("json");
  if (/^<(?:!doctype|html)/i.test(start)) return faultOf("html");
  if (!start.startsWith("<")) return faultOf("not_xml");
  if (FORBIDDEN.test(text)) return faultOf("xml_malformed", "a control character");
  if (STRAY.test(text.replace(CDATA, ""))) return faultOf("xml_malformed", "& or ]]> in text");
  try {
    return { fields: readXml(text) };
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return faultOf("xml_malformed", error.message);
  }
}
