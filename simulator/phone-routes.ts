/** The phones' interface: what they show, and what a person does with them. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { type Deed, readDeed } from "./actions.ts";
import type { AnswerStory } from "./answer-story.ts";
import { checkUrl } from "./check-url.ts";
import { deliver } from "./deliver.ts";
import { type Exchange, NOTICE } from "./exchange.ts";
import type { ExchangeLog } from "./exchange-log.ts";
import { bilingual } from "./faults.ts";
import type { Phone } from "./phones.ts";
import { platformOf } from "./platform/control-routes.ts";
import { viewOf } from "./platform/phone-view.ts";
import type { PlatformAccount } from "./platform/platform-account.ts";
import type { Platforms } from "./platform/platforms.ts";
import { readJson } from "./read-json.ts";

const OPENID = /^[A-Za-z0-9_-]{1,64}$/;
const NO_OPENID = [
  "an openid has 1 to 64 letters, digits, - and _",
  "openid 由 1 到 64 个字母、数字、-、_ 组成",
] as const;

/** Phones, the check of callback URLs, and media as phones show them. */
export function phoneRoutes(platforms: Platforms, log: ExchangeLog, now: () => number): Hono {
  const app = new Hono();

  app.get("/api/phone/:account/:openid", (c) => {
    const platform = platformOf(platforms, c.req.param("account"));
    const { account } = platform;
    const phone = platform.phones.of(userOf(c.req.param("openid")));
    const storyOf = (exchange: string): AnswerStory | undefined =>
      log.storyOf({ exchange, account: account.id, openid: phone.openid });
    return c.json(viewOf(platform, phone, storyOf));
  });

  app.post("/api/phone/:account/:openid/push", async (c) => {
    const platform = platformOf(platforms, c.req.param("account"));
    const phone = platform.phones.of(userOf(c.req.param("openid")));
    const { origin } = new URL(c.req.url);
    const deed = readDeed(await readJson(c.req.raw), { platform, phone, origin, now });
    return c.json(await act(deed, platform, phone, { platforms, log, now }));
  });

  app.post("/api/url-check/:account", async (c) => {
    const { account } = platformOf(platforms, c.req.param("account"));
    return c.json(await checkUrl(platforms.settingsOf(account)));
  });

  app.get("/media/:id", (c) => {
    const id = c.req.param("id");
    const found = platforms.all.map(({ media }) => media.shown(id)).find((media) => media !== undefined);
    if (found === undefined) return c.notFound();
    if (found.kind === "address") return c.redirect(found.url);
    // An SVG that is opened by itself could run scripts.
    return c.body(found.bytes, 200, {
      "Content-Type": found.type,
      "Content-Security-Policy": "default-src 'none'; sandbox",
    });
  });
  return app;
}

/**
 * An openid of a request.
 *
 * @throws {HTTPException} 400 when it is none
 */
export function userOf(openid: string): string {
  if (!OPENID.test(openid)) throw new HTTPException(400, { message: bilingual(NO_OPENID) });
  return openid;
}

interface Surroundings {
  readonly platforms: Platforms;
  readonly log: ExchangeLog;
  readonly now: () => number;
}

/** Lets a deed happen: it stands on the phone at once, and what comes of it when WeChat is done. */
async function act(
  { action, push, mode }: Deed,
  { account, subscriptions }: PlatformAccount,
  phone: Phone,
  { platforms, log, now }: Surroundings,
): Promise<Exchange> {
  const exchange = crypto.randomUUID();
  phone.note(push);
  subscriptions.note(phone.openid, push);
  log.expect({ exchange, account: account.id, openid: phone.openid }, push);
  phone.show({ at: now(), from: "user", exchange, action, push });
  const settings = platforms.settingsOf(account);
  const report = await deliver(push, {
    ...settings,
    ...(mode === undefined ? {} : { mode }),
    account: account.id,
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
