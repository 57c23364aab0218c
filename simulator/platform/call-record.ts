/** The record of an account's calls: what came, and what it was answered. */
import { isJsonObject, type JsonObject } from "./endpoint.ts";

/** One recorded call, as `GET /api/platform/:account/calls` tells it. */
export interface RecordedCall {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Without what gives access. */
  readonly query: Readonly<Record<string, string>>;
  /** The user that it is about. */
  readonly openid?: string;
  /** JSON, or text; cut short when it is long. Of a file: its name, type and size. */
  readonly body: unknown;
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  readonly errcode?: number;
  /** The answer, where it is a text; cut short when it is long, without what gives access. */
  readonly answer?: string;
  /** The kind of scripted fault that struck. */
  readonly fault?: string;
  /** Whether the call did what it is for. */
  readonly effect: boolean;
}

/** What `openapi/rid/get` tells of a call. */
export interface CallDetails {
  readonly rid: string;
  readonly requestUrl: string;
  readonly responseBody: string;
  readonly clientIp: string;
  readonly durationMs: number;
  readonly call: RecordedCall;
}

const MAX_KEPT = 5_000;
const MAX_BODY_CHARACTERS = 4_096;
const SECRET_NAMES = ["access_token", "secret", "appsecret", "refresh_token", "code"];

/** The last calls of one account, in the order in which they came. */
export class CallRecord {
  readonly #calls = new Map<string, CallDetails>();

  get all(): readonly RecordedCall[] {
    return [...this.#calls.values()].map(({ call, responseBody }) =>
      responseBody === "" ? call : { ...call, answer: withoutSecrets(responseBody) },
    );
  }

  /** Keeps a call; one that is kept already stays where it is, and is replaced. */
  keep(details: CallDetails): void {
    this.#calls.set(details.call.id, details);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= MAX_KEPT) break;
      this.#calls.delete(oldest);
    }
  }

  /** The call that was answered with a `rid`. */
  find(rid: string): CallDetails | undefined {
    return [...this.#calls.values()].find((details) => details.rid === rid);
  }

  forget(): void {
    this.#calls.clear();
  }
}

const SECRET_MEMBERS = /("(?:access_token|refresh_token|ticket)"\s*:\s*")[^"]*/g;

function withoutSecrets(answer: string): string {
  return answer.slice(0, MAX_BODY_CHARACTERS).replace(SECRET_MEMBERS, "$1…");
}

/** The parts of a request that are recorded. */
export interface CallRequest {
  readonly query: URLSearchParams;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** What of a request is recorded: no secrets, no long bodies. */
export async function describeRequest({
  query,
  body,
  contentType,
}: CallRequest): Promise<Pick<RecordedCall, "query" | "openid" | "body">> {
  const told = Object.fromEntries([...query].filter(([name]) => !SECRET_NAMES.includes(name)));
  const shown = await describeBody(body, contentType);
  const openid = query.get("openid") ?? (isJsonObject(shown) ? openidIn(shown) : undefined);
  return { query: told, ...(openid === undefined ? {} : { openid }), body: shown };
}

function openidIn(json: JsonObject): string | undefined {
  const openid = json["touser"] ?? json["openid"];
  return typeof openid === "string" ? openid : undefined;
}

async function describeBody(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<unknown> {
  if (body.length === 0) return null;
  if (contentType.startsWith("multipart/")) return describeFile(body, contentType);
  const text = new TextDecoder().decode(body);
  if (text.length > MAX_BODY_CHARACTERS) return text.slice(0, MAX_BODY_CHARACTERS);
  try {
    const json: unknown = JSON.parse(text);
    if (!isJsonObject(json)) return json;
    return Object.fromEntries(Object.entries(json).filter(([name]) => !SECRET_NAMES.includes(name)));
  } catch {
    return text;
  }
}

async function describeFile(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<unknown> {
  try {
    const form = await new Response(body, { headers: { "Content-Type": contentType } }).formData();
    for (const value of form.values()) {
      if (typeof value === "string") continue;
      return { filename: value.name, contentType: value.type, bytes: value.size };
    }
  } catch {
    // Not what it says to be: its size is all there is to tell.
  }
  return { bytes: body.length };
}
