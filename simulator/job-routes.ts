/** Deferred work as the page asks for it: the jobs of a phone's pushes, and the account's dead letters. */
import { type Context, Hono } from "hono";
import type { SimulatedAccount } from "./account.ts";
import type { ExchangeLog } from "./exchange-log.ts";
import { Impossible } from "./impossible.ts";
import { userOf } from "./phone-routes.ts";
import { platformOf } from "./platform/control-routes.ts";
import { isJsonObject } from "./platform/endpoint.ts";
import type { Platforms } from "./platform/platforms.ts";
import { readJson } from "./read-json.ts";
import { DEAD_LETTER_ACTIONS, type DeadLetterAction, type JobView, type WorkerJobs } from "./worker-jobs.ts";

/** What `GET /api/phone/:account/:openid/jobs` answers: pushes that ordered jobs. */
export interface PhoneJobs {
  readonly exchanges: readonly { readonly exchange: string; readonly jobs: readonly JobView[] }[];
}

const DEAD_LETTERS = "/api/worker/dead-letters/:account";

/**
 * `GET /api/phone/:account/:openid/jobs`; `GET /api/worker/dead-letters/:account`, and `POST` with
 * `{ "action": "redrive" | "drop", "id" }`, which answers with those that are left.
 */
export function jobRoutes(platforms: Platforms, log: ExchangeLog, jobs: WorkerJobs): Hono {
  const app = new Hono();
  const accountOf = (c: Context): SimulatedAccount =>
    platformOf(platforms, c.req.param("account") ?? "").account;

  app.get("/api/phone/:account/:openid/jobs", async (c) => {
    const account = accountOf(c);
    const openid = userOf(c.req.param("openid"));
    const byKey = await jobs.jobsOf(account, openid);
    const exchanges = log.exchangesOf(account.id, openid).flatMap(({ exchange, key }) => {
      const its = byKey.get(key);
      return its === undefined ? [] : [{ exchange, jobs: its }];
    });
    return c.json({ exchanges } satisfies PhoneJobs);
  });
  app.get(DEAD_LETTERS, async (c) => c.json(await jobs.deadLetters(accountOf(c))));
  app.post(DEAD_LETTERS, async (c) => {
    const account = accountOf(c);
    const { action, id } = readDecision(await readJson(c.req.raw));
    await jobs.decide(account, action, id);
    platforms.announce({ account: account.id, jobs: true });
    return c.json(await jobs.deadLetters(account));
  });
  return app;
}

function readDecision(json: unknown): { readonly action: DeadLetterAction; readonly id: string } {
  const { action, id } = isJsonObject(json) ? json : {};
  const known = DEAD_LETTER_ACTIONS.find((one) => one === action);
  if (known === undefined || typeof id !== "string" || id === "") {
    throw new Impossible(
      `send { "action": "redrive" or "drop", "id": … }`,
      `请发送 { "action": "redrive" 或 "drop", "id": … }`,
    );
  }
  return { action: known, id };
}
