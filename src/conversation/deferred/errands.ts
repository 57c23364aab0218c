/** What the Worker that asks about a push is asked to do for its jobs: to run one, and to give others to the queue. */
import { noteSend, ticketOf } from "./job.ts";
import type { JobRuns } from "./job-runs.ts";
import type { Jobs } from "./jobs.ts";
import type { Ledger } from "../ledger.ts";
import type { Errands, JobGrant } from "./rpc.ts";
import type { TurnRecord } from "../turn.ts";

const NONE: Errands = {};

/** One per conversation. */
export class ErrandList {
  readonly #jobs: Jobs;
  readonly #runs: JobRuns;
  readonly #ledger: Ledger;
  readonly #clock: () => number;
  /** Leave to run a job that was given with the end of a run: it is written down together with that. */
  readonly #grants = new Map<string, JobGrant>();

  constructor(jobs: Jobs, runs: JobRuns, ledger: Ledger, clock: () => number) {
    this.#jobs = jobs;
    this.#runs = runs;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Gives leave to run the first job, in memory: for the Worker that asks next. */
  prepare(turn: TurnRecord): void {
    const grant = this.#first(turn);
    if (grant) this.#grants.set(turn.key, grant);
  }

  /** For the Worker that asks now. */
  take(turn: TurnRecord): Errands {
    if (turn.jobs.length === 0) return NONE;
    const now = this.#clock();
    const tickets = this.#jobs.unsent(turn).map((job) => {
      noteSend(job, now);
      return ticketOf(turn, job, now);
    });
    const grant = this.#prepared(turn) ?? this.#granted(turn);
    return { ...(tickets.length > 0 ? { tickets } : {}), ...(grant ? { grant } : {}) };
  }

  #first(turn: TurnRecord): JobGrant | undefined {
    const job = this.#jobs.startable(turn);
    return job && this.#runs.grant(turn, job);
  }

  #prepared({ key }: TurnRecord): JobGrant | undefined {
    const grant = this.#grants.get(key);
    this.#grants.delete(key);
    return grant;
  }

  #granted(turn: TurnRecord): JobGrant | undefined {
    const grant = turn.answer === undefined ? this.#first(turn) : undefined;
    if (grant) this.#ledger.save(turn);
    return grant;
  }
}
