/** Deferred work that meets the same handler's work for earlier messages of the same user. */
import type { WorkOrder } from "../../framework/work.ts";
import type { Ledger } from "../ledger.ts";
import type { TurnRecord } from "../turn.ts";
import { isLeased, isUnderWay, type JobRecord } from "./job.ts";

/** A push is handled by the queue, because its account is over its rate: within a minute, and once. */
export const PUSH_ORDER: WorkOrder = {
  work: { kind: "push" },
  via: "queue",
  timeoutMs: 60_000,
  retries: 0,
  overlap: "queue",
  delayMs: 0,
};

/** A job and the push that it came from. */
export interface JobOfTurn {
  readonly turn: TurnRecord;
  readonly job: JobRecord;
}

/** Work of the same deferred handler for earlier pushes, the oldest first. */
export function namesakes(ledger: Ledger, { turn, job: { work } }: JobOfTurn): JobOfTurn[] {
  if (work.kind !== "deferred") return [];
  return ledger
    .unfinished()
    .flatMap((other) =>
      other.seq >= turn.seq
        ? []
        : other.jobs
            .filter((job) => isUnderWay(job) && job.work.kind === "deferred" && job.work.name === work.name)
            .map((job) => ({ turn: other, job })),
    );
}

/** Pushes that are handled by the queue, the oldest first: those of one user one after the other. */
export function putOff(ledger: Ledger): JobOfTurn[] {
  return ledger
    .unfinished()
    .flatMap((turn) =>
      turn.jobs.filter((job) => isUnderWay(job) && job.work.kind === "push").map((job) => ({ turn, job })),
    );
}

/** Whether this one has to wait: for the same handler's work for an earlier push, or for an earlier push. */
export function isBlocked(ledger: Ledger, one: JobOfTurn, now: number): boolean {
  if (one.job.work.kind === "push") return putOff(ledger)[0]?.job !== one.job;
  return one.job.overlap !== "queue" && namesakes(ledger, one).some(({ job }) => isLeased(job, now));
}
