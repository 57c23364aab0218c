/** Sends jobs to the queue: those of all requests of a short while in one batch, after their answers. */
import { answerWithin } from "../../deadline.ts";
import { errorFields, type Logger } from "../../telemetry/logger.ts";
import type { JobTicket } from "./rpc.ts";

/** Requests of so many milliseconds share a batch. */
const GATHER_MS = 20;
/** A queue takes so many messages at once. */
const MAX_BATCH = 100;
const SEND_TIMEOUT_MS = 5_000;

/**
 * Sends them now.
 *
 * @throws what the queue throws, or `TimeoutError`; then some may have been sent
 */
export async function sendTickets(queue: Queue, tickets: readonly JobTicket[]): Promise<void> {
  for (let from = 0; from < tickets.length; from += MAX_BATCH) {
    const messages = tickets.slice(from, from + MAX_BATCH).map(({ delaySeconds, ...body }) => ({
      body,
      contentType: "json" as const,
      ...(delaySeconds === undefined ? {} : { delaySeconds }),
    }));
    await answerWithin(() => queue.sendBatch(messages), SEND_TIMEOUT_MS);
  }
}

/**
 * One per isolate. What it holds is plain data: a promise of one request must not be awaited in another. What is lost
 * with the isolate, the objects' alarms send again.
 */
export class JobSender {
  #tickets: JobTicket[] = [];
  /** A flush that was begun longer ago is not waited for: the request that was to do it may have been cancelled. */
  #flushFrom = -Infinity;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Adds jobs. @returns what `waitUntil` has to wait for; `undefined` when another request sends them too */
  add(tickets: readonly JobTicket[], queue: Queue, log: Logger): Promise<void> | undefined {
    if (tickets.length === 0) return undefined;
    this.#tickets.push(...tickets);
    const now = this.#clock();
    if (now - this.#flushFrom < GATHER_MS) return undefined;
    this.#flushFrom = now;
    return this.#flush(queue, log);
  }

  async #flush(queue: Queue, log: Logger): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    this.#flushFrom = -Infinity;
    const tickets = this.#tickets.splice(0);
    try {
      await sendTickets(queue, tickets);
    } catch (error) {
      log.warn("jobs_not_sent", { count: tickets.length, ...errorFields(error) });
    }
  }
}
