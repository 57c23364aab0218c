/** What a test tells the platform side, and asks of it: `/api/platform/:account/…`. Not WeChat's. */
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { ACCOUNT_KINDS } from "../account.ts";
import { bilingual } from "../faults.ts";
import { Impossible } from "../impossible.ts";
import { readJson } from "../read-json.ts";
import { isJsonObject, type JsonObject } from "./endpoint.ts";
import type { PlatformAccount } from "./platform-account.ts";
import type { Platforms } from "./platforms.ts";
import { readFaultOrder } from "./scripted-faults.ts";
import type { TokenSource } from "./token-book.ts";

const NO_ACCOUNT = ["there is no such account", "没有这个公众号"] as const;

/**
 * The account of that id.
 *
 * @throws {HTTPException} 404 when there is none
 */
export function platformOf(platforms: Platforms, id: string): PlatformAccount {
  const platform = platforms.find(id);
  if (platform === undefined) throw new HTTPException(404, { message: bilingual(NO_ACCOUNT) });
  return platform;
}

const ROOT = "/api/platform/:account";

/** The control API. */
export function controlRoutes(platforms: Platforms, now: () => number): Hono {
  const app = new Hono();
  const of = (c: Context): PlatformAccount => platformOf(platforms, c.req.param("account") ?? "");
  addCallRoutes(app, of);
  addLimitRoutes(app, of, now);
  addStateRoutes(app, of);
  app.post(`${ROOT}/reset`, (c) => {
    platforms.reset(of(c).account.id);
    return c.json({});
  });
  return app;
}

type Of = (c: Context) => PlatformAccount;

/** What was called, and what goes wrong next. */
function addCallRoutes(app: Hono, of: Of): void {
  app.get(`${ROOT}/calls`, (c) => c.json({ calls: of(c).calls.all }));
  app.delete(`${ROOT}/calls`, (c) => {
    of(c).calls.forget();
    return c.json({ calls: [] });
  });
  app.get(`${ROOT}/faults`, (c) => c.json({ faults: of(c).faults.all }));
  app.post(`${ROOT}/faults`, async (c) => {
    const { faults } = of(c);
    faults.add(readFaultOrder(await readJson(c.req.raw)));
    return c.json({ faults: faults.all });
  });
  app.delete(`${ROOT}/faults`, (c) => {
    of(c).faults.clear();
    return c.json({ faults: [] });
  });
}

/** Who may call, and how often. */
function addLimitRoutes(app: Hono, of: Of, now: () => number): void {
  app.get(`${ROOT}/tokens`, (c) => c.json(of(c).tokens.counts()));
  app.post(`${ROOT}/tokens`, async (c) => {
    const { tokens } = of(c);
    const { action, sources } = readTokenOrder(await objectOf(c.req.raw));
    for (const source of sources) tokens[action](source, now());
    return c.json(tokens.counts());
  });
  app.get(`${ROOT}/ip-list`, (c) => c.json({ allowed: of(c).ipList }));
  app.post(`${ROOT}/ip-list`, async (c) => {
    const platform = of(c);
    platform.ipList = readIpList(await objectOf(c.req.raw));
    return c.json({ allowed: platform.ipList });
  });
  app.post(`${ROOT}/quota`, async (c) => {
    const platform = of(c);
    const { path, used } = await objectOf(c.req.raw);
    if (typeof path !== "string" || typeof used !== "number" || !Number.isInteger(used) || used < 0) {
      throw new Impossible("path must be a text and used a whole number", "path 须为文本，used 须为整数");
    }
    platform.usage.set(path, used, now());
    return c.json({ path, used });
  });
  app.post(`${ROOT}/kind`, async (c) => {
    const platform = of(c);
    const { kind } = await objectOf(c.req.raw);
    const known = ACCOUNT_KINDS.find((name) => name === kind);
    if (known === undefined) {
      const names = ACCOUNT_KINDS.join(", ");
      throw new Impossible(`kind must be one of ${names}`, `kind 只能是 ${names}`);
    }
    platform.become(known);
    return c.json({ kind: known });
  });
}

/** What was made by calls, or on WeChat's own pages. */
function addStateRoutes(app: Hono, of: Of): void {
  app.get(`${ROOT}/qr-codes`, (c) => {
    const { origin } = new URL(c.req.url);
    const codes = of(c).qrCodes.list();
    return c.json({
      codes: codes.map((code) => ({
        ...code,
        imageUrl: `${origin}/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket)}`,
      })),
    });
  });
  app.post(`${ROOT}/subscriptions`, async (c) => {
    const platform = of(c);
    const { openid, scene } = await objectOf(c.req.raw);
    if (typeof openid !== "string" || !(typeof scene === "string" || typeof scene === "number")) {
      throw new Impossible("openid and scene must be given", "须给出 openid 和 scene");
    }
    platform.subscriptions.allowScene(openid, String(scene));
    return c.json({ openid, scene });
  });
  app.post(`${ROOT}/auto-replies`, async (c) => {
    const platform = of(c);
    platform.autoReplies = await objectOf(c.req.raw);
    return c.json(platform.autoReplies);
  });
}

async function objectOf(request: Request): Promise<JsonObject> {
  const json = await readJson(request);
  if (!isJsonObject(json)) throw new Impossible("send a JSON object", "请发送 JSON 对象");
  return json;
}

interface TokenOrder {
  readonly action: "invalidate" | "expire";
  readonly sources: readonly TokenSource[];
}

function readTokenOrder({ action, of = "all" }: JsonObject): TokenOrder {
  if (action !== "invalidate" && action !== "expire") {
    throw new Impossible("action must be invalidate or expire", "action 只能是 invalidate 或 expire");
  }
  if (of !== "stable" && of !== "token" && of !== "all") {
    throw new Impossible("of must be stable, token or all", "of 只能是 stable、token 或 all");
  }
  return { action, sources: of === "all" ? ["stable", "token"] : [of] };
}

function readIpList({ allowed }: JsonObject): readonly string[] | null {
  if (allowed === null) return null;
  if (Array.isArray(allowed) && allowed.every((ip) => typeof ip === "string")) return allowed;
  throw new Impossible("allowed must be a list of addresses, or null", "allowed 须为 IP 列表或 null");
}
