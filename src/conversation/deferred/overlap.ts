/** Deferred work that meets the same handler's work for earlier messages of the same user. */
import { isLeased } from "./job.ts";
import type { Ledger } from "../ledger.ts";
import { isUnderWay, type JobRecord } from "./job.ts";
import { type TurnRecord } from "../turn.ts";

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

/** Whether somebody is running the handler for an earlier push, and this one has to wait for that. */
export function isBlocked(ledger: Ledger, one: JobOfTurn, now: number): boolean {
  return one.job.overlap !== "queue" && namesakes(ledger, one).some(({ job }) => isLeased(job, now));
}
