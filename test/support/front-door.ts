/** Knocks at the Worker's front door: a request in, a response out, with real bindings behind. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Bot } from "wechat-edge";
import { type AppOptions, createApp } from "../../src/app.ts";
import { stage } from "./stage.ts";
import { testBot } from "./test-bot.ts";
import { AES_KEY, APP_ID, element, openReply, type PushOptions, pushRequest, TOKEN } from "./wechat.ts";

/** Variables of an account in secure mode. */
export const SECURE = { WECHAT_TOKEN: TOKEN, WECHAT_APP_ID: APP_ID, WECHAT_ENCODING_AES_KEY: AES_KEY };
/** Variables of an account in plain mode. */
export const PLAIN = { WECHAT_TOKEN: TOKEN };

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The decrypted reply; the body itself when it was not sealed. */
  readonly plain: string;
  /** `Content` of a text reply. */
  readonly content: string | undefined;
}

export interface FetchOptions {
  /** Wait for what was put off until after the answer. */
  readonly wait?: boolean;
  /** The key that the reply must be sealed with. */
  readonly key?: string;
}

/** A Worker of its own, with a bot and variables. */
export class FrontDoor {
  readonly #app;
  readonly #env: Cloudflare.Env;
  readonly #stage: () => void;
  readonly #appId: string;

  constructor(vars: object = SECURE, bot: Bot<never> | Bot = testBot(), options: AppOptions = {}) {
    // What type its session has, only the bot's own handlers know.
    this.#app = createApp(bot as Bot, options);
    this.#env = { ...env, ...vars };
    this.#appId = String(Reflect.get(vars, "WECHAT_APP_ID") ?? APP_ID);
    this.#stage = () => stage.set(vars, bot);
  }

  /** Sends a request. */
  async fetch(request: Request, { wait = false, key = AES_KEY }: FetchOptions = {}): Promise<Answer> {
    this.#stage();
    const ctx = createExecutionContext();
    const response = await this.#app.fetch(request, this.#env, ctx);
    const body = await response.text();
    if (wait) await waitOnExecutionContext(ctx);
    const sealed = body.startsWith("<xml><Encrypt>");
    const plain = sealed ? openReply(body, { key, appId: this.#appId }) : body;
    return {
      status: response.status,
      headers: response.headers,
      body,
      plain,
      content: element(plain, "Content"),
    };
  }

  /** Delivers a push. */
  push(xml: string, options?: PushOptions & FetchOptions): Promise<Answer> {
    return this.fetch(pushRequest(xml, options), { key: options?.key, wait: options?.wait });
  }
}
