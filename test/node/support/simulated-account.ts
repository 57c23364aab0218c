/** One account of a simulator, as a program calls it: by requests, under a clock of the test's own. */
import type { AccountKind, SimulatedAccount } from "../../../simulator/account.ts";
import { createSimulator } from "../../../simulator/app.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";

export const APP_SECRET = "9f3c2d1e0b4a5968778695a4b3c2d1e0";
export const ORIGIN = "http://localhost:8788";
export const USER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1";
const START_MS = 1_714_036_504_000;

type Json = Readonly<Record<string, unknown>>;
/** Parameters of a query. */
export type Query = Readonly<Record<string, string>>;

/** What a file's part of a form says. */
export interface FilePart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly filename?: string;
  /** Default: the one that WeChat wants. */
  readonly field?: string;
  /** Text fields beside it. */
  readonly fields?: Query;
}

/** A simulator with one account, `default`. Its callback URL answers nothing to every push. */
export class SimulatedApi {
  /** Milliseconds since the epoch; tests turn it forward. */
  now = START_MS;
  readonly #app;

  constructor(kind: AccountKind = "service", account: Partial<SimulatedAccount> = {}) {
    this.#app = createSimulator({
      accounts: [
        {
          id: "default",
          url: "http://localhost:8787/wechat",
          token: TOKEN,
          appId: APP_ID,
          appSecret: APP_SECRET,
          kind,
          ...account,
        },
      ],
      now: () => this.now,
      fetch: () => Promise.resolve(new Response("success")),
    });
  }

  /** A request to a path with its query, as it is. */
  async request(path: string, init?: RequestInit): Promise<Response> {
    return this.#app.request(ORIGIN + path, init);
  }

  /** Asks with the account's token. */
  async fetch(path: string, query: Query = {}, init?: RequestInit): Promise<Response> {
    const token = await this.token();
    return this.request(`${path}?${new URLSearchParams({ access_token: token, ...query }).toString()}`, init);
  }

  /** The answer to a GET with the account's token. */
  async get(path: string, query: Query = {}): Promise<Json> {
    return objectOf(await this.fetch(path, query));
  }

  /** The answer to a POST of JSON with the account's token; a text is sent as it is. */
  async post(path: string, body: object | string): Promise<Json> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return objectOf(await this.fetch(path, {}, { method: "POST", body: text }));
  }

  /** The answer to an upload with the account's token. */
  async upload(
    path: string,
    query: Query,
    { bytes, filename, field = "media", fields = {} }: FilePart,
  ): Promise<Json> {
    const form = new FormData();
    if (filename === undefined) form.append(field, "a text, no file");
    else form.append(field, new Blob([bytes]), filename);
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return objectOf(await this.fetch(path, query, { method: "POST", body: form }));
  }

  /** A user does something; the push that it became. */
  async act(action: Json, openid: string = USER): Promise<Json> {
    const path = `/api/phone/default/${openid}`;
    const init = { method: "POST", body: JSON.stringify(action) };
    const answer = await objectOf(await this.request(`${path}/push`, init));
    if (answer["error"] !== undefined) throw new Error(String(answer["error"]));
    const { timeline } = await objectOf(await this.request(path));
    if (!Array.isArray(timeline)) throw new Error("no timeline");
    return timeline.findLast((entry: Json) => entry["from"] === "user")?.push;
  }

  /** What a user's phone shows at its bottom. */
  async menu(openid: string = USER): Promise<unknown> {
    return (await objectOf(await this.request(`/api/phone/default/${openid}`)))["menu"];
  }

  async token(): Promise<string> {
    const body = { grant_type: "client_credential", appid: APP_ID, secret: APP_SECRET };
    const init = { method: "POST", body: JSON.stringify(body) };
    return String((await objectOf(await this.request("/cgi-bin/stable_token", init)))["access_token"]);
  }
}

/** The JSON object of a response. */
export async function objectOf(response: Response): Promise<Json> {
  const json: unknown = await response.json();
  if (typeof json !== "object" || json === null) throw new Error(`no object: ${JSON.stringify(json)}`);
  return { ...json };
}
