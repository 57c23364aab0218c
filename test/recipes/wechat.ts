/** The simulated WeChat around a recipe's bot: phones on one side, the bot's front door on the other, in one isolate. */
import { vi } from "vitest";
import type { Bot } from "wechat-edge";
import { type AccountKind, createSimulator, type PhoneView } from "wechat-edge/testing";
import { FrontDoor } from "../support/front-door.ts";
import { AES_KEY, APP_ID, TOKEN } from "../support/wechat.ts";

/** Where the simulator is, for those who call its model. */
export const SIMULATOR = "http://localhost:8788";
const WECHAT_API = "https://api.weixin.qq.com";
const ACCOUNT = {
  id: "default",
  url: "http://localhost:8787/wechat",
  token: TOKEN,
  encodingAesKey: AES_KEY,
  appId: APP_ID,
  appSecret: "0123456789abcdef0123456789abcdef",
};

/** What answers at an origin. */
export type Site = (request: Request) => Response | Promise<Response>;

/** What is around the bot. */
export interface Surroundings {
  readonly kind?: AccountKind;
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Servers that the bot can call, by origin. */
  readonly sites?: Readonly<Record<string, Site>>;
}

/** WeChat, with one account that is the bot's. */
export class WeChat<S extends object> {
  readonly #simulator;

  constructor(bot: Bot<S>, { kind = "service", vars = {}, sites = {} }: Surroundings = {}) {
    const door = new FrontDoor(
      {
        WECHAT_TOKEN: TOKEN,
        WECHAT_ENCODING_AES_KEY: AES_KEY,
        WECHAT_APP_ID: APP_ID,
        WECHAT_APP_SECRET: ACCOUNT.appSecret,
        WECHAT_ACCOUNT_KIND: kind,
        DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) },
        ...vars,
      },
      // What type its session has, only the bot's own handlers know.
      bot as unknown as Bot,
    );
    const simulator = createSimulator({
      accounts: [{ ...ACCOUNT, kind }],
      async fetch(request) {
        const { status, headers, body } = await door.fetch(request);
        return new Response(body, { status, headers });
      },
    });
    this.#simulator = simulator;
    const ask: Site = (request) => simulator.fetch(request);
    connect({ ...sites, [SIMULATOR]: ask, [WECHAT_API]: ask });
  }

  /** Orders how the model behaves in its next call. */
  async model(order: object): Promise<void> {
    await this.request("/model/control/switches", { times: 1, ...order });
  }

  /** A user does something with a phone; resolves when WeChat is done with the push. */
  async act(user: string, action: object): Promise<void> {
    await this.request(`/api/phone/default/${user}/push`, action);
  }

  /** A user says something. @returns everything that the account has said to that by now */
  async say(user: string, Content: string): Promise<string> {
    const before = (await this.shown(user)).length;
    await this.act(user, { action: "text", Content });
    return (await this.shown(user)).slice(before).join("\n");
  }

  /** What the account has said to a user, the oldest first; what is no text by its type. */
  async shown(user: string): Promise<string[]> {
    const { timeline } = await this.request<PhoneView>(`/api/phone/default/${user}`);
    return timeline.flatMap((entry) => {
      if (entry.from === "user") return [];
      if (entry.from === "system") return [`WeChat: ${entry.text}`];
      const { Content } = Object(entry.reply.fields);
      return [typeof Content === "string" ? Content : entry.reply.MsgType];
    });
  }

  /** @param body sent by POST */
  async request<T>(path: string, body?: object): Promise<T> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await this.#simulator.request(SIMULATOR + path, init);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T; // the test knows what it asked for
  }
}

/** Leads calls of these origins to those who answer there, until the test is over; all others go where they went. */
function connect(sites: Readonly<Record<string, Site>>): void {
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const site = sites[new URL(request.url).origin];
    if (site === undefined) return real(request);
    const { signal } = request;
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason));
    return Promise.race([site(request), aborted]);
  });
}
