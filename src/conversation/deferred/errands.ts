/** What the Worker that asks about a push is asked to do for its jobs: to run one, and to give others to the queue. */
import { ticketOf } from "./job.ts";
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
    const job = this.#jobs.startable(turn);
    const grant = job && this.#runs.grant(turn, job);
    if (grant) this.#grants.set(turn.key, grant);
  }

  /** For the Worker that asks now. */
  take(turn: TurnRecord): Errands {
    if (turn.jobs.length === 0) return NONE;
    const now = this.#clock();
    const tickets = this.#jobs.unsent(turn).map((job) => {
      job.sends++;
      return ticketOf(turn, job, now);
    });
    const grant = this.#grant(turn);
    return { ...(tickets.length > 0 ? { tickets } : {}), ...(grant ? { grant } : {}) };
  }

  #grant(turn: TurnRecord): JobGrant | undefined {
    const prepared = this.#grants.get(turn.key);
    this.#grants.delete(turn.key);
    if (prepared !== undefined || turn.answer !== undefined) return prepared;
    this.prepare(turn);
    const grant = this.#grants.get(turn.key);
    if (grant === undefined) return undefined;
    this.#grants.delete(turn.key);
    this.#ledger.save(turn);
    return grant;
  }
}
