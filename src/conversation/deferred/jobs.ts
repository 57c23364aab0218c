/** The jobs of one conversation: which there are, and whose turn it is. */
import type { WorkOrder } from "../../framework/work.ts";
import type { Logger } from "../../telemetry/logger.ts";
import type { Ledger } from "../ledger.ts";
import { forgetPush, type TurnRecord } from "../turn.ts";
import { isUnderWay, type JobRecord, MAX_QUEUE_DELAY_MS, nameOf, newJob } from "./job.ts";
import { isBlocked, namesakes } from "./overlap.ts";

/** What jobs need of their conversation. */
export interface JobsHost {
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly log: (turn: TurnRecord) => Logger;
  /** A job is given up: its user is told, and the dead letters get it. */
  readonly givenUp: (turn: TurnRecord, job: JobRecord) => void;
  /** A push that the queue has handled is done with: the next one can follow. */
  readonly pushDone: () => void;
}

/** One per conversation. */
export class Jobs {
  readonly #host: JobsHost;
  /** Jobs in a Worker that others wait behind. */
  readonly #ends = new Map<JobRecord, PromiseWithResolvers<void>>();

  constructor(host: JobsHost) {
    this.#host = host;
  }

  /** Puts an order on record, once, in memory: its turn is saved by whoever calls. */
  order(turn: TurnRecord, order: WorkOrder, id: string, waits: boolean): JobRecord {
    const known = turn.jobs.find((job) => job.id === id);
    if (known) return known;
    const job = newJob(order, id, this.#host.clock(), { waits, skipped: waits ? [...turn.skipped] : [] });
    turn.jobs.push(job);
    if (waits) this.#overlap(turn, job);
    return job;
  }

  /** A job that could be run in the Worker that asks, now. */
  startable(turn: TurnRecord): JobRecord | undefined {
    const now = this.#host.clock();
    return turn.jobs.find(
      (job) =>
        job.via === "worker" &&
        job.state === "ready" &&
        job.notBefore <= now &&
        !isBlocked(this.#host.ledger, { turn, job }, now),
    );
  }

  /** Whether a job of the push is in a Worker, or will be, and others wait for it. */
  isInWorker(turn: TurnRecord): boolean {
    return turn.jobs.some(holdsOthers);
  }

  /** Resolves when that is over. */
  async offWorker(turn: TurnRecord): Promise<void> {
    for (const job of turn.jobs) {
      if (!holdsOthers(job)) continue;
      let end = this.#ends.get(job);
      if (!end) this.#ends.set(job, (end = Promise.withResolvers<void>()));
      await end.promise;
    }
  }

  /** The Worker asks no more: what has not begun there is the queue's. */
  leaveToQueue(turn: TurnRecord): void {
    for (const job of turn.jobs) if (job.state === "ready") this.toQueue(job);
  }

  /** Jobs that the queue has not been given yet, as far as it would keep them long enough. */
  unsent(turn: TurnRecord): JobRecord[] {
    const latest = this.#host.clock() + MAX_QUEUE_DELAY_MS;
    return turn.jobs.filter(
      ({ state, via, sends, notBefore }) =>
        state === "ready" && via === "queue" && sends === 0 && notBefore <= latest,
    );
  }

  /** When there may be news of the push: the time of its first job that waits for it. */
  newsAt(turn: TurnRecord): number | undefined {
    const times = turn.jobs.flatMap(({ state, via, notBefore }) =>
      state === "ready" && via === "worker" ? [notBefore] : [],
    );
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Ends the jobs of a push, or those of all others. `ctx.enqueue`d ones are nobody's to cancel. */
  cancel(turn: TurnRecord, cause: string): void {
    let isChanged = false;
    for (const job of turn.jobs) {
      if (!job.waits || !isUnderWay(job)) continue;
      this.#drop(turn, job, cause);
      isChanged = true;
    }
    if (isChanged) this.#host.ledger.save(turn);
  }

  /** Another message of the user meets its predecessors of the same handler. */
  #overlap(turn: TurnRecord, job: JobRecord): void {
    if (job.overlap === "queue") return;
    const earlierPushes: string[] = [];
    for (const { turn: other, job: earlier } of namesakes(this.#host.ledger, { turn, job })) {
      if (job.overlap === "latest") this.#drop(other, earlier, "a later message has taken its place");
      else if (earlier.state === "ready" && other.push !== undefined) {
        earlierPushes.push(...earlier.skipped, other.push);
        this.#drop(other, earlier, "a later message is answered for it");
      } else continue;
      this.#host.ledger.save(other);
    }
    job.skipped.unshift(...earlierPushes);
  }

  #drop(turn: TurnRecord, job: JobRecord, cause: string): void {
    this.#host.log(turn).info("job_dropped", { name: nameOf(job), job: job.id, cause });
    job.state = "dropped";
    job.lease = undefined;
    this.closed(turn, job);
  }

  /** Nobody runs it any more: its user is told, and the dead letters get it. */
  giveUp(turn: TurnRecord, job: JobRecord, code: string, error: string): void {
    job.state = "dead";
    job.lease = undefined;
    job.cause = { code, error, at: this.#host.clock() };
    this.#host.log(turn).error("job_given_up", { name: nameOf(job), job: job.id, attempts: job.tries, code });
    this.#host.givenUp(turn, job);
  }

  /** It is the queue's from now on, and keeps nobody waiting. */
  toQueue(job: JobRecord): void {
    job.via = "queue";
    this.#ends.get(job)?.resolve();
    this.#ends.delete(job);
  }

  /** It is not under way any more: who waits behind it goes on, and its push is forgotten when no other needs it. */
  closed(turn: TurnRecord, job: JobRecord): void {
    this.#ends.get(job)?.resolve();
    this.#ends.delete(job);
    forgetPush(turn);
    if (job.work.kind === "push") this.#host.pushDone();
  }
}

function holdsOthers(job: JobRecord): boolean {
  return job.via === "worker" && job.overlap === "queue" && isUnderWay(job);
}
