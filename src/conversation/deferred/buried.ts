/** A job as a dead letter keeps it: enough to run it again when its push is long forgotten. */
import type { Ledger } from "../ledger.ts";
import type { TurnRecord } from "../turn.ts";
import type { JobRecord } from "./job.ts";

interface BuriedJob {
  readonly v: 1;
  readonly turn: Pick<TurnRecord, "account" | "user" | "key" | "requestId" | "push">;
  readonly job: JobRecord;
}

/** What a dead letter keeps of a job, as JSON. */
export function buriedJob({ account, user, key, requestId, push }: TurnRecord, job: JobRecord): string {
  const buried: BuriedJob = { v: 1, turn: { account, user, key, requestId, push }, job };
  return JSON.stringify(buried);
}

/**
 * Puts a buried job back among those of its push, as if it had never been run. What its runs have replied is not
 * replied again as long as the push is remembered.
 *
 * @returns the push; `undefined` when the job is not one that this version can run
 */
export function reopened(ledger: Ledger, json: string, now: number): TurnRecord | undefined {
  const buried = readBuried(json);
  if (buried?.turn.push === undefined) return undefined;
  const { turn: kept, job } = buried;
  const turn = ledger.find(kept.key, now) ?? ledger.open({ ...kept, push: buried.turn.push }, now);
  if (turn.jobs.length === 0) {
    turn.state = "done";
    turn.answer ??= { kind: "none" };
  }
  turn.push = kept.push;
  const fresh: JobRecord = {
    ...job,
    state: "ready",
    via: "queue",
    tries: 0,
    sends: 0,
    notBefore: now,
    lease: undefined,
    cause: undefined,
    buried: undefined,
  };
  const index = turn.jobs.findIndex(({ id }) => id === fresh.id);
  if (index < 0) turn.jobs.push(fresh);
  else if (turn.jobs[index]?.state === "dead") turn.jobs[index] = fresh;
  ledger.save(turn);
  return turn;
}

function readBuried(json: string): BuriedJob | undefined {
  try {
    const buried: unknown = JSON.parse(json);
    const isOurs = typeof buried === "object" && buried !== null && Reflect.get(buried, "v") === 1;
    return isOurs ? (buried as BuriedJob) : undefined; // what version 1 is, this file says
  } catch {
    return undefined;
  }
}
