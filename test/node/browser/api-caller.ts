/** An account's own program: it calls the simulated WeChat API as it would the real one, with nothing but `fetch`. */
import { objectOf } from "../support/simulated-account.ts";

/** What WeChat's API answers. */
export type Answer = Readonly<Record<string, unknown>>;

/** Calls the API of one account. */
export class ApiCaller {
  readonly #origin: string;
  readonly #credentials: { readonly appid: string; readonly secret: string };

  /** @param origin where WeChat's paths are */
  constructor(origin: string, credentials: { readonly appid: string; readonly secret: string }) {
    this.#origin = origin;
    this.#credentials = credentials;
  }

  /** Asks for the current token. */
  token(): Promise<Answer> {
    const body = { grant_type: "client_credential", ...this.#credentials };
    return this.#post(new URL("/cgi-bin/stable_token", this.#origin), JSON.stringify(body));
  }

  /**
   * Makes a call with the current token, or with one that was asked for before.
   *
   * @throws {Error} when there is no token
   */
  async call(path: string, body: object | FormData, token?: unknown): Promise<Answer> {
    const granted = token ?? (await this.token())["access_token"];
    if (typeof granted !== "string") throw new Error("no token");
    const url = new URL(path, this.#origin);
    url.searchParams.set("access_token", granted);
    return this.#post(url, body instanceof FormData ? body : JSON.stringify(body));
  }

  /** Sends a customer-service message. */
  send(openid: string, msgtype: string, content: object): Promise<Answer> {
    return this.call("/cgi-bin/message/custom/send", { touser: openid, msgtype, [msgtype]: content });
  }

  /** Uploads a temporary file; its media id. */
  async upload(type: "image" | "thumb" | "voice" | "video", file: File): Promise<string> {
    const form = new FormData();
    form.set("media", file);
    const answer = await this.call(`/cgi-bin/media/upload?type=${type}`, form);
    const id = answer["media_id"] ?? answer["thumb_media_id"];
    if (typeof id !== "string") throw new Error(`no media id: ${JSON.stringify(answer)}`);
    return id;
  }

  async #post(url: URL, body: string | FormData): Promise<Answer> {
    return objectOf(await fetch(url, { method: "POST", body }));
  }
}
