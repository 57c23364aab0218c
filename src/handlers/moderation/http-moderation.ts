/** A moderation service over HTTP: one POST a text. docs/moderation.md has its contract. */
import type { ModerationProvider, ModerationQuestion, ModerationVerdict } from "./provider.ts";

/** Where the service is. */
export interface HttpModerationOptions {
  /** `https://moderation.example.com/v1/check` */
  readonly url: string;
  /** Goes into `Authorization: Bearer …`. */
  readonly token: string;
  /** What makes the call: a service binding, say. Default: the global `fetch`. */
  readonly fetcher?: { fetch(request: Request): Promise<Response> } | undefined;
}

/**
 * A moderation service over HTTP.
 *
 * @example
 * new HttpModeration({ url: "https://moderation.example.com/v1/check", token: env.MODERATION_TOKEN });
 */
export class HttpModeration implements ModerationProvider {
  readonly #options: HttpModerationOptions;

  /** @throws {TypeError} when the URL is none, or there is no token */
  constructor(options: HttpModerationOptions) {
    const { url, token } = options;
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
      throw new TypeError("The moderation service's url is no http or https address.");
    }
    if (typeof token !== "string" || token === "") {
      throw new TypeError("The moderation service's token is missing: is its secret set?");
    }
    this.#options = options;
  }

  async check(question: ModerationQuestion, signal: AbortSignal): Promise<ModerationVerdict> {
    const { url, token, fetcher } = this.#options;
    const { text, openid, account, direction } = question;
    const request = new Request(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ text, openid, account, direction }),
      // Elsewhere the token and the text have no business.
      redirect: "manual",
      signal,
    });
    const response = await (fetcher ? fetcher.fetch(request) : fetch(request));
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the moderation service answered ${response.status}`);
    }
    const verdict = jsonOf(await response.text());
    if (isVerdict(verdict)) return verdict;
    throw new Error('the moderation service\'s answer is not {"allowed": true or false, "reason"?: text}');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what the parser says would quote the answer, and that may quote the text
  }
}

function isVerdict(value: unknown): value is ModerationVerdict {
  if (typeof value !== "object" || value === null) return false;
  const reason: unknown = Reflect.get(value, "reason");
  return (
    typeof Reflect.get(value, "allowed") === "boolean" && ["string", "undefined"].includes(typeof reason)
  );
}
