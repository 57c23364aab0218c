/** Work that was put off, as its push's row keeps it: no storage, no clock. */
import type { Overlap, Place, Work, WorkOrder } from "../../framework/work.ts";
import { objectName } from "../object-name.ts";
import type { JobTicket } from "./rpc.ts";

/**
 * Where a job is. `ready`: waits for its time, or for somebody to run it. `running`: somebody has its lease. `done`.
 * `dead`: given up. `dropped`: cancelled, or another job has taken its place.
 */
export type JobState = "ready" | "running" | "done" | "dead" | "dropped";

/** Work that was put off. */
export interface JobRecord {
  /** Its number in the run that ordered it, from 1; `1.2` is the second one that the run of job 1 ordered. */
  readonly id: string;
  readonly work: Work;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly overlap: Overlap;
  /** Whether the push's answer waits for it. */
  readonly waits: boolean;
  /** Where it is run next: what fails in a Worker goes to the queue. */
  via: Place;
  state: JobState;
  /** How often a run of it was begun. */
  tries: number;
  /** How many of those died before they could say how they ended: that is no failure of the handler. */
  deaths?: number | undefined;
  /** Not to be run before, in milliseconds since the epoch. */
  notBefore: number;
  /** How often the queue was given it, and when it is given it again because nobody has taken it. */
  sends: number;
  sendAt: number;
  /** Who runs it, and until when nobody else may. */
  lease: string | undefined;
  leaseUntil: number;
  /** Pushes, as JSON, that it stands for as well. */
  skipped: string[];
  /** Why it was given up. */
  cause?: { readonly code: string; readonly error: string; readonly at: number } | undefined;
  /** Whether the dead letters have it. */
  buried?: boolean | undefined;
}

/** The queue is given a job again that nobody has taken after this, and then after twice as long each time. */
export const UNTAKEN_MS = 30_000;
const MAX_UNTAKEN_MS = 3_600_000;
/** A queue keeps a message back for 24 h at most: what waits longer waits in the object. */
export const MAX_QUEUE_DELAY_MS = 43_200_000;
/** Who runs a job on the queue renews its lease well before this is over. */
const QUEUE_LEASE_MS = 90_000;
/** A Worker has no longer than the job's own time. */
const WORKER_LEASE_MARGIN_MS = 5_000;
/** Work that kills whoever runs it is given up. */
const MAX_DEATHS = 3;
const FIRST_RETRY_MS = 5_000;
const RETRY_FACTOR = 4;
const MAX_RETRY_MS = 3_600_000;
const JITTER = 0.2;

/** The record of an order. */
export function newJob(
  order: WorkOrder,
  id: string,
  now: number,
  { waits, skipped }: Pick<JobRecord, "waits" | "skipped">,
): JobRecord {
  const { work, timeoutMs, retries, overlap, via, delayMs } = order;
  const notBefore = now + delayMs;
  return {
    id,
    work,
    timeoutMs,
    retries,
    overlap,
    waits,
    via,
    state: "ready",
    tries: 0,
    notBefore,
    sends: 0,
    sendAt: delayMs > MAX_QUEUE_DELAY_MS ? notBefore : notBefore + UNTAKEN_MS,
    lease: undefined,
    leaseUntil: 0,
    skipped,
  };
}

/** Whether nothing follows when the run that is under way, or was the last, fails. */
export function isLastTry({ tries, deaths = 0, retries }: JobRecord): boolean {
  return tries - deaths > retries;
}

/** Notes that a run has died. @returns whether there may be another one */
export function outlives(job: JobRecord): boolean {
  job.deaths = (job.deaths ?? 0) + 1;
  return job.deaths <= MAX_DEATHS;
}

/** Of its handler; all handlers of a push are called `push`. */
export function nameOf({ work }: JobRecord): string {
  return work.kind === "push" ? "push" : work.name;
}

/** Until when a lease that is given or renewed now is good. */
export function leaseEnd({ via, timeoutMs }: JobRecord, now: number): number {
  return now + (via === "worker" ? timeoutMs + WORKER_LEASE_MARGIN_MS : QUEUE_LEASE_MS);
}

/** How long a job waits after its `tries`-th run has failed, in milliseconds. */
export function retryDelayMs(tries: number, random: number): number {
  const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * RETRY_FACTOR ** (tries - 1));
  return Math.round(delay * (1 + JITTER * (2 * random - 1)));
}

/** The queue is given a job now: when nobody takes it, it is given it again. */
export function noteSend(job: JobRecord, now: number): void {
  job.sendAt = Math.max(now, job.notBefore) + Math.min(MAX_UNTAKEN_MS, UNTAKEN_MS * 2 ** job.sends);
  job.sends++;
}

/** The push that a job came from. */
interface JobOrigin {
  readonly account: string;
  readonly user: string;
  readonly key: string;
}

/** What the queue is sent. */
export function ticketOf({ account, user, key }: JobOrigin, job: JobRecord, now: number): JobTicket {
  const delaySeconds = Math.ceil((job.notBefore - now) / 1000);
  return {
    v: 1,
    object: objectName(account, user, key),
    key,
    job: job.id,
    ...(delaySeconds > 0 ? { delaySeconds } : {}),
  };
}

/** Whether somebody has the lease. */
export function isLeased({ state, leaseUntil }: JobRecord, now: number): boolean {
  return state === "running" && leaseUntil > now;
}

/** Whether a job is still to be run, or to be put among the dead letters. */
export function isOpenJob({ state, buried }: JobRecord): boolean {
  return state === "ready" || state === "running" || (state === "dead" && buried !== true);
}

/** Whether a job is to be run, now or later. */
export function isUnderWay({ state }: JobRecord): boolean {
  return state === "ready" || state === "running";
}
