/**
 * WeChat in a box: one Hono app that plays WeChat's side for any number of accounts and phones. It keeps everything in
 * memory and belongs on a developer's own machine: it answers loopback names only, and no page of another origin.
 */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { modeOf, RIGHTS, type SimulatedAccount } from "./account.ts";
import type { SendingOptions } from "./attempt.ts";
import { eventRoutes } from "./events.ts";
import { ExchangeLog } from "./exchange-log.ts";
import { bilingual } from "./faults.ts";
import { Impossible } from "./impossible.ts";
import { jobRoutes } from "./job-routes.ts";
import { MODEL_CONTROL_PATH } from "./model/control-routes.ts";
import { modelRoutes, type ResetConnection } from "./model/model-routes.ts";
import type { SimulatedModelOptions } from "./model/simulated-model.ts";
import { phoneRoutes } from "./phone-routes.ts";
import { controlRoutes } from "./platform/control-routes.ts";
import { ENDPOINTS } from "./platform/endpoints.ts";
import { oauthRoutes } from "./platform/oauth-routes.ts";
import { platformRoutes } from "./platform/platform.ts";
import { Platforms } from "./platform/platforms.ts";
import type { RandomSource } from "./signed-push.ts";
import type { MenuButton } from "./timeline.ts";
import { type KillWorker, WorkerControl } from "./worker-control.ts";
import { type AskWorker, WorkerJobs } from "./worker-jobs.ts";
import type { WorkerLog } from "./worker-log.ts";
import { stateOf, workerRoutes } from "./worker-routes.ts";

/** What a simulator is made with. */
export interface SimulatorOptions extends SendingOptions {
  readonly accounts: readonly SimulatedAccount[];
  /** The menu that accounts start with where their kind has one. Default: one button of each type. */
  readonly menu?: readonly MenuButton[] | undefined;
  readonly random?: RandomSource | undefined;
  /** Where a request comes from, for the list of allowed addresses. Default: always `127.0.0.1`. */
  readonly clientIp?: ((request: Request, env: unknown) => string) | undefined;
  /** Takes the Worker's log, so that the page can show how each answer came. Default: it does not. */
  readonly workerLog?: WorkerLog | undefined;
  /** Kills the Worker without a warning and starts it again; resolves when it answers. Default: nobody can. */
  readonly onKillWorker?: KillWorker | undefined;
  /** Asks the Worker as its operator, so that the page can show deferred work and dead letters. Default: nobody can. */
  readonly askWorker?: AskWorker | undefined;
  /** Keys and models of the simulated model. Where they are given, `{}` included, the page has switches for it. */
  readonly model?: SimulatedModelOptions | undefined;
  /** Cuts a connection in the middle of an answer. Default: nobody can; then reading the answer fails. */
  readonly resetConnection?: ResetConnection | undefined;
}

const MENU: readonly MenuButton[] = [
  { name: "今日推荐", type: "click", key: "V1" },
  { name: "网站", type: "view", url: "https://example.com/" },
];
const KEY_CHARACTERS = 43;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** Names that only WeChat can have: requests to them come from a test that has no network between. */
const WECHAT_HOST = /^(?:[a-z0-9]+\.)?(?:api|api2|mp|open)\.weixin\.qq\.com$/;

/**
 * Makes a simulator: `simulator.fetch(request)` is WeChat's API, its pages and the phones, at
 * `http://localhost` or under WeChat's own names. The static files of its page are the business of whoever serves it.
 *
 * @throws {RangeError} when an account's EncodingAESKey has not 43 characters
 * @example
 * const simulator = createSimulator({
 *   accounts: [{ id: "default", url: "http://localhost/wechat", kind: "service", token, appId, appSecret }],
 *   fetch: (request) => worker.fetch(request, env),
 * });
 * await simulator.request("http://localhost/api/phone/default/oUser/push", {
 *   method: "POST",
 *   body: JSON.stringify({ action: "text", Content: "你好" }),
 * });
 */
export function createSimulator(options: SimulatorOptions): Hono {
  const { accounts, menu = MENU, now = Date.now, clientIp = () => "127.0.0.1" } = options;
  for (const { id, encodingAesKey } of accounts) {
    if (encodingAesKey === undefined || encodingAesKey.length === KEY_CHARACTERS) continue;
    throw new RangeError(`the EncodingAESKey of account ${id} has not ${KEY_CHARACTERS} characters`);
  }
  const { fetch: fetching = (request) => fetch(request), workerLog, onKillWorker, askWorker } = options;
  const worker = new WorkerControl(onKillWorker, () => {
    for (const { account } of platforms.all) platforms.announce({ account: account.id });
  });
  const platforms = new Platforms({ ...options, menu, fetch: worker.sendingBy(fetching) });
  const log = new ExchangeLog(workerLog, ({ exchange, account, openid }, about) =>
    platforms.announce({ exchange, account, openid, ...(about === "jobs" ? { jobs: true } : {}) }),
  );
  const jobs = new WorkerJobs(askWorker);
  const app = new Hono();

  app.use(async (c, next) => {
    const { hostname, origin, pathname } = new URL(c.req.url);
    const isOwn = pathname.startsWith("/api/") || pathname.startsWith(`${MODEL_CONTROL_PATH}/`);
    if (!LOOPBACK.has(hostname) && (isOwn || !WECHAT_HOST.test(hostname))) {
      return c.json({ error: bilingual(NOT_HERE) }, 403);
    }
    const from = c.req.header("origin");
    if (isOwn && c.req.method !== "GET" && from !== undefined && from !== origin) {
      return c.json({ error: bilingual(NOT_FROM_THERE) }, 403);
    }
    return next();
  });

  app.get("/api/state", (c) =>
    c.json({
      accounts: platforms.all.map(({ account }) => {
        const { id, url, kind, appId } = account;
        const can = { menu: RIGHTS[kind].has("menu"), qr: RIGHTS[kind].has("qr") };
        return { id, url, mode: modeOf(account), kind, appId, can };
      }),
      worker: stateOf(log, worker),
      hasModel: options.model !== undefined,
      // Accounts whose deferred work can be looked at.
      jobs: platforms.all.flatMap(({ account }) => (jobs.canAsk(account) ? [account.id] : [])),
    }),
  );
  app.route("/", phoneRoutes(platforms, log, now));
  app.route("/", workerRoutes(log, worker));
  app.route("/", jobRoutes(platforms, log, jobs));
  app.route("/", eventRoutes(platforms));
  app.route("/", controlRoutes(platforms, now));
  app.route("/", oauthRoutes(platforms));
  app.route("/", modelRoutes({ ...options, now }));
  app.route("/", platformRoutes({ platforms, endpoints: ENDPOINTS, now, clientIp }));

  app.onError((error, c) => {
    if (error instanceof Impossible || error instanceof HTTPException)
      return c.json({ error: error.message }, error.status);
    throw error;
  });
  return app;
}

const NOT_HERE = ["the simulator answers on localhost only", "模拟器只在 localhost 上提供服务"] as const;
const NOT_FROM_THERE = ["requests from another origin are refused", "拒绝来自其他网站的请求"] as const;
