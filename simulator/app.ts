/**
 * WeChat in a box: one Hono app that plays WeChat's side for any number of accounts and phones. It keeps everything in
 * memory and belongs on a developer's own machine: it answers loopback names only, and no page of another origin.
 */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { ACCOUNT_CAN, modeOf, type SimulatedAccount } from "./account.ts";
import { type Deed, Impossible, readDeed } from "./actions.ts";
import type { SendingOptions } from "./attempt.ts";
import { checkUrl } from "./check-url.ts";
import { deliver } from "./deliver.ts";
import { type Exchange, NOTICE } from "./exchange.ts";
import { bilingual } from "./faults.ts";
import { MediaStore } from "./media.ts";
import { type Phone, Phones } from "./phones.ts";
import type { RandomSource } from "./signed-push.ts";

/** A button of the menu at the bottom of the phone. */
export type MenuButton =
  | { readonly name: string; readonly type: "click"; readonly key: string }
  | { readonly name: string; readonly type: "view"; readonly url: string };

/** What a simulator is made with. */
export interface SimulatorOptions extends SendingOptions {
  readonly accounts: readonly SimulatedAccount[];
  /** Shown where the account's kind has a menu. Default: one button of each type. */
  readonly menu?: readonly MenuButton[] | undefined;
  readonly random?: RandomSource | undefined;
}

const MENU: readonly MenuButton[] = [
  { name: "今日推荐", type: "click", key: "V1" },
  { name: "网站", type: "view", url: "https://example.com/" },
];
/** A mode that an account has no key for is sent with this one: a console that is set otherwise than the Worker. */
const STRANGE_KEY = "TheKeyOfAnotherConsoleThatThisWorkerLacks01";
const OPENID = /^[A-Za-z0-9_-]{1,64}$/;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const MAX_BODY_BYTES = 8_000_000;

/** Makes a simulator. Static files of its page are the business of whoever serves it. */
export function createSimulator(options: SimulatorOptions): Hono {
  const { accounts, menu = MENU, now = Date.now } = options;
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const phones = new Phones();
  const media = new MediaStore();
  const app = new Hono();

  app.use(async (c, next) => {
    const { hostname, origin } = new URL(c.req.url);
    const from = c.req.header("origin");
    if (!LOOPBACK.has(hostname)) return c.json({ error: bilingual(NOT_HERE) }, 403);
    if (c.req.method !== "GET" && from !== undefined && from !== origin) {
      return c.json({ error: bilingual(NOT_FROM_THERE) }, 403);
    }
    return next();
  });

  const accountOf = (id: string): SimulatedAccount => {
    const account = byId.get(id);
    if (account === undefined) throw new HTTPException(404, { message: bilingual(NO_ACCOUNT) });
    return account;
  };
  app.get("/api/state", (c) =>
    c.json({
      accounts: accounts.map((account) => {
        const { id, url, kind } = account;
        return { id, url, mode: modeOf(account), kind, can: ACCOUNT_CAN[kind] };
      }),
      menu,
    }),
  );

  app.get("/api/phone/:account/:openid", (c) => {
    const { id } = accountOf(c.req.param("account"));
    const { following, timeline } = phones.of(id, userOf(c.req.param("openid")));
    return c.json({ following, timeline });
  });

  app.post("/api/phone/:account/:openid/push", async (c) => {
    const account = accountOf(c.req.param("account"));
    const openid = userOf(c.req.param("openid"));
    const phone = phones.of(account.id, openid);
    const { origin } = new URL(c.req.url);
    const deed = readDeed(await jsonOf(c.req.raw), { account, openid, phone, media, origin, now });
    return c.json(await act(deed, account, phone, options));
  });

  app.post("/api/url-check/:account", async (c) =>
    c.json(await checkUrl({ ...options, ...accountOf(c.req.param("account")) })),
  );

  app.get("/media/:id", (c) => {
    const found = media.find(c.req.param("id"));
    if (found === undefined) return c.notFound();
    if (found.kind === "address") return c.redirect(found.url);
    // An SVG that is opened by itself could run scripts.
    return c.body(found.bytes, 200, {
      "Content-Type": found.type,
      "Content-Security-Policy": "default-src 'none'; sandbox",
    });
  });

  app.onError((error, c) => {
    if (error instanceof Impossible || error instanceof HTTPException)
      return c.json({ error: error.message }, error.status);
    throw error;
  });
  return app;
}

const NOT_HERE = ["the simulator answers on localhost only", "模拟器只在 localhost 上提供服务"] as const;
const NOT_FROM_THERE = ["requests from another origin are refused", "拒绝来自其他网站的请求"] as const;
const NO_ACCOUNT = ["there is no such account", "没有这个公众号"] as const;
const NO_OPENID = [
  "an openid has 1 to 64 letters, digits, - and _",
  "openid 由 1 到 64 个字母、数字、-、_ 组成",
] as const;

function userOf(openid: string): string {
  if (!OPENID.test(openid)) throw new HTTPException(400, { message: bilingual(NO_OPENID) });
  return openid;
}

/** Lets a deed happen: it stands on the phone at once, and what comes of it when WeChat is done. */
async function act(
  deed: Deed,
  account: SimulatedAccount,
  phone: Phone,
  options: SimulatorOptions,
): Promise<Exchange> {
  const { now = Date.now } = options;
  const { action, push, mode } = deed;
  const exchange = crypto.randomUUID();
  phone.following = deed.following;
  phone.show({ at: now(), from: "user", exchange, action, push });
  const { id, encodingAesKey = STRANGE_KEY } = account;
  const report = await deliver(push, {
    ...options,
    ...account,
    ...(mode === undefined ? { mode: modeOf(account) } : { mode }),
    encodingAesKey,
    account: id,
    id: exchange,
  });
  showOutcome(report, push, phone, now());
  return report;
}

/** Nothing can be shown to somebody who has just left. */
function showOutcome(
  { id: exchange, outcome }: Exchange,
  push: PushEnvelope,
  phone: Phone,
  at: number,
): void {
  if (outcome.kind === "silence" || Reflect.get(push, "Event") === "unsubscribe") return;
  if (outcome.kind === "reply") phone.show({ at, from: "account", exchange, reply: outcome.reply });
  else phone.show({ at, from: "system", exchange, text: NOTICE, fault: outcome.fault });
}

async function jsonOf(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) {
    throw new Impossible("the request is too large", "请求过大");
  }
  try {
    return await request.json();
  } catch {
    throw new Impossible("the request is not JSON", "请求不是 JSON");
  }
}
