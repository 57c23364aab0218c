/** The Worker as the simulator knows it: what its log says, and the switch that kills it. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ExchangeLog } from "./exchange-log.ts";
import { bilingual } from "./faults.ts";
import type { WorkerControl } from "./worker-control.ts";

/** What `GET /api/state` says about the Worker. */
export interface WorkerState {
  /** Whether its log is handed over. */
  readonly hasLog: boolean;
  /** Whether it can be killed. */
  readonly canKill: boolean;
  /** Whether it was killed and is not back yet. */
  readonly isDown: boolean;
}

const NO_LOG = [
  "nothing is known of such an exchange, or nobody hands the Worker's log over",
  "没有这次推送的记录，或者没有人提供 Worker 的日志",
] as const;
const NOBODY_KILLS = [
  "nobody here can kill the Worker: npm start can",
  "这里无法结束 Worker：只有 npm start 可以",
] as const;

/** `GET /api/phone/:account/:openid/log?exchange=…` and `POST /api/worker/kill`, which ends when the Worker is back. */
export function workerRoutes(log: ExchangeLog, worker: WorkerControl): Hono {
  const app = new Hono();
  app.get("/api/phone/:account/:openid/log", (c) => {
    const { account, openid } = c.req.param();
    const story = log.storyOf({ exchange: c.req.query("exchange") ?? "", account, openid });
    if (story === undefined) throw new HTTPException(404, { message: bilingual(NO_LOG) });
    return c.json(story);
  });
  app.post("/api/worker/kill", async (c) => {
    if (!(await worker.kill())) throw new HTTPException(404, { message: bilingual(NOBODY_KILLS) });
    return c.json(stateOf(log, worker));
  });
  return app;
}

/** How the Worker is. */
export function stateOf({ isThere }: ExchangeLog, { canKill, isDown }: WorkerControl): WorkerState {
  return { hasLog: isThere, canKill, isDown };
}
