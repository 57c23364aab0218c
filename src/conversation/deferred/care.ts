/** What the object itself does for its jobs: gives them to the queue when nobody else has, and buries the dead. */
import { answerWithin } from "../../deadline.ts";
import { errorFields, type Logger } from "../../telemetry/logger.ts";
import type { DeadLetter } from "../dead-letters.ts";
import { buriedJob } from "./buried.ts";
import { type JobRecord, nameOf, noteSend, ticketOf } from "./job.ts";
import { sendTickets } from "./sender.ts";
import type { Ledger } from "../ledger.ts";
import { objectName } from "../object-name.ts";
import type { JobOfTurn } from "./overlap.ts";
import { forgetPush, type TurnRecord } from "../turn.ts";

/** What it needs of the conversation. */
export interface JobCareHost {
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly env: Pick<Cloudflare.Env, "JOBS" | "DEAD_LETTERS">;
  readonly log: (turn: TurnRecord) => Logger;
}

const BURY_TIMEOUT_MS = 5_000;
const BURY_AGAIN_MS = 60_000;
const MAX_ERROR_LENGTH = 500;

/** One per conversation. */
export class JobCare {
  readonly #host: JobCareHost;
  readonly #buryAt = new Map<JobRecord, number>();

  constructor(host: JobCareHost) {
    this.#host = host;
  }

  /** Gives jobs to the queue. One that cannot be sent is tried again by the alarm. */
  async send(jobs: readonly JobOfTurn[]): Promise<void> {
    const [first] = jobs;
    if (first === undefined) return;
    const { clock, env, log } = this.#host;
    const now = clock();
    for (const { job } of jobs) noteSend(job, now);
    try {
      await sendTickets(
        env.JOBS,
        jobs.map(({ turn, job }) => ticketOf(turn, job, now)),
      );
    } catch (error) {
      log(first.turn).warn("jobs_not_sent", { count: jobs.length, ...errorFields(error) });
    }
  }

  /** Puts what was given up among the dead letters. */
  async bury(): Promise<void> {
    const { ledger, clock, log } = this.#host;
    for (const { turn, job } of this.#dead()) {
      if ((this.#buryAt.get(job) ?? 0) > clock()) continue;
      this.#buryAt.set(job, clock() + BURY_AGAIN_MS);
      try {
        await this.#bury(turn, job);
        job.buried = true;
        this.#buryAt.delete(job);
        forgetPush(turn);
        ledger.save(turn);
      } catch (error) {
        log(turn).warn("dead_letter_not_kept", { name: nameOf(job), job: job.id, ...errorFields(error) });
      }
    }
  }

  /** When it has something to do next, in milliseconds since the epoch. */
  get dueAt(): number | undefined {
    const times = this.#dead().map(({ job }) => this.#buryAt.get(job) ?? 0);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #dead(): JobOfTurn[] {
    return this.#host.ledger
      .unfinished()
      .flatMap((turn) =>
        turn.jobs.flatMap((job) => (job.state === "dead" && job.buried !== true ? [{ turn, job }] : [])),
      );
  }

  #bury(turn: TurnRecord, job: JobRecord): Promise<void> {
    const { account, user, key, requestId } = turn;
    const { code = "job_failed", error = "", at = this.#host.clock() } = job.cause ?? {};
    const letter: DeadLetter = {
      v: 1,
      id: `${key}#${job.id}`,
      time: at,
      object: objectName(account, user, key),
      user,
      key,
      name: nameOf(job),
      attempts: job.tries,
      code,
      error: error.slice(0, MAX_ERROR_LENGTH),
      requestId,
      job: buriedJob(turn, job),
    };
    const { DEAD_LETTERS: namespace } = this.#host.env;
    return answerWithin(() => namespace.get(namespace.idFromName(account)).add(letter), BURY_TIMEOUT_MS);
  }
}
