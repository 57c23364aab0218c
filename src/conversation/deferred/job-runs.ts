/**
 * Who runs which job, what their runs do, and how they end. Whoever runs one, a Worker or the queue's consumer, has a
 * lease, and without it nothing of the run counts.
 */
import type { SessionChanges, SessionEntries } from "../../framework/session.ts";
import { objectName } from "../object-name.ts";
import { answerBy, replyOf, type TurnRecord } from "../turn.ts";
import {
  isLastTry,
  isLeased,
  isUnderWay,
  type JobRecord,
  leaseEnd,
  nameOf,
  noteSend,
  outlives,
  retryDelayMs,
  ticketOf,
  UNTAKEN_MS,
} from "./job.ts";
import type { Jobs, JobsHost } from "./jobs.ts";
import { isBlocked, type JobOfTurn } from "./overlap.ts";
import type {
  ChangeList,
  ClaimAnswer,
  ClaimCall,
  JobAddress,
  JobGrant,
  JobTicket,
  RecordAnswer,
  RecordCall,
  RecordedReply,
  SettleAnswer,
  SettleCall,
} from "./rpc.ts";

/** What runs of jobs need of their conversation. */
export interface JobRunsHost extends Omit<JobsHost, "givenUp" | "pushDone"> {
  readonly jobs: Jobs;
  /** Whether late answers can be held for; `undefined` when the account is gone. */
  readonly canHold: (turn: TurnRecord) => boolean | undefined;
  readonly session: () => SessionEntries;
  readonly mergeSession: (changes: SessionChanges) => void;
  /** Takes a reply of a job's run. @returns into how many messages it went */
  readonly takeReply: (turn: TurnRecord, job: JobRecord, reply: RecordedReply) => number;
  readonly cancelOthers: (key: string) => void;
  /** Whether a push is being handled in the object. */
  readonly isHandling: () => boolean;
}

/** While another run of the same handler is under way, its followers are asked back after this. */
const BLOCKED_MS = 2_000;
const DIED = "every run of it died, or could not say how it ended";

/** One per conversation. */
export class JobRuns {
  readonly #host: JobRunsHost;

  constructor(host: JobRunsHost) {
    this.#host = host;
  }

  /** Gives leave to run a job, in memory; `undefined` when its account is gone. */
  grant(turn: TurnRecord, job: JobRecord, lease: string = crypto.randomUUID()): JobGrant | undefined {
    const { clock, canHold: canHoldFor, log } = this.#host;
    const canHold = canHoldFor(turn);
    if (canHold === undefined || turn.push === undefined) {
      this.#host.jobs.giveUp(turn, job, "account_unknown", `There is no usable account "${turn.account}".`);
      return undefined;
    }
    if (job.lease !== lease) job.tries++;
    job.state = "running";
    job.lease = lease;
    job.leaseUntil = leaseEnd(job, clock());
    if (job.tries > 1) log(turn).info("job_resumed", { name: nameOf(job), job: job.id, attempt: job.tries });
    const said = turn.replies.filter((record) => record.job === job.id).map(({ reply }) => reply);
    return {
      v: 1,
      object: objectName(turn.account, turn.user, turn.key),
      key: turn.key,
      job: job.id,
      lease,
      account: turn.account,
      user: turn.user,
      requestId: turn.requestId,
      push: turn.push,
      skipped: job.skipped,
      work: JSON.stringify(job.work),
      session: JSON.stringify(Object.fromEntries(this.#host.session())),
      canHold,
      answerBy: job.waits ? answerBy(turn, canHold) : undefined,
      timeoutMs: job.timeoutMs,
      attempt: job.tries,
      isLastTry: isLastTry(job),
      ...(said.length > 0 ? { said: said.length, saidReplies: JSON.stringify(said) } : {}),
    };
  }

  /** Somebody wants to run a job. */
  claim({ key, job: id, lease }: ClaimCall): ClaimAnswer {
    const { ledger, clock } = this.#host;
    const now = clock();
    const found = this.#find(key, id);
    if (found === undefined || !isUnderWay(found.job)) return { v: 1, kind: "gone" };
    const { turn, job } = found;
    // A call that was answered into the void is made again.
    const isOwn = job.lease === lease;
    if (!isOwn && isLeased(job, now)) return { v: 1, kind: "wait", ms: job.leaseUntil - now };
    if (job.notBefore > now) return { v: 1, kind: "wait", ms: job.notBefore - now };
    const isEarly = isBlocked(ledger, { turn, job }, now);
    // Its turn comes when the one before it is done, and the queue is given it again then.
    if (isEarly && job.work.kind === "push") return { v: 1, kind: "gone" };
    if (isEarly || (job.work.kind === "push" && this.#host.isHandling())) {
      return { v: 1, kind: "wait", ms: BLOCKED_MS };
    }
    this.#host.jobs.toQueue(job);
    const grant = this.grant(turn, job, lease);
    ledger.save(turn);
    return grant ? { v: 1, kind: "run", grant } : { v: 1, kind: "gone" };
  }

  /** A run still has its lease, and goes on. @returns whether it does */
  renew({ key, job, lease }: Pick<RecordCall, "key" | "job" | "lease">): boolean {
    const held = this.#held(key, job, lease);
    if (held === undefined) return false;
    if (held.job.via === "queue") {
      held.job.leaseUntil = leaseEnd(held.job, this.#host.clock());
      this.#host.ledger.save(held.turn);
    }
    return true;
  }

  /** Something that a run did: a reply, an order, changes of the session. */
  record(call: RecordCall): RecordAnswer {
    const held = this.#held(call.key, call.job, call.lease);
    if (held === undefined) return { v: 1, kind: "lost" };
    const { turn, job } = held;
    if (call.cancelOthers) this.#host.cancelOthers(turn.key);
    // A run that is made again comes by here again: what it changed on the way was taken the first time.
    if (this.#isNew(turn, job, call)) this.#host.mergeSession(changesOf(call.changes));
    const parts = call.reply ? this.#host.takeReply(turn, job, call.reply) : 0;
    const tickets = call.order ? [this.#order(turn, job, call.order)] : [];
    return { v: 1, kind: "taken", parts, tickets };
  }

  /** A run has ended. */
  settle(call: SettleCall): SettleAnswer {
    const held = this.#held(call.key, call.job, call.lease);
    if (held === undefined) return { v: 1, kind: "lost" };
    const { turn, job } = held;
    const { clock, ledger, mergeSession } = this.#host;
    job.lease = undefined;
    const { code = call.outcome, error = "" } = call;
    if (call.outcome === "done") {
      mergeSession(changesOf(call.changes));
      job.state = "done";
    } else if (call.outcome === "failed" && !isLastTry(job)) {
      job.state = "ready";
      job.notBefore = clock() + retryDelayMs(job.tries, Math.random());
      this.#host.jobs.toQueue(job);
      job.sends = 0;
      noteSend(job, clock()); // by whoever ran it
      ledger.save(turn);
      return { v: 1, kind: "again", ticket: ticketOf(turn, job, clock()) };
    } else this.#host.jobs.giveUp(turn, job, code, error);
    this.#host.jobs.closed(turn, job);
    ledger.save(turn);
    return { v: 1, kind: "settled" };
  }

  /** The queue has given up a job's message. What can still be run waits for the alarm. */
  abandon({ key, job: id }: JobAddress): void {
    const { ledger, clock } = this.#host;
    const found = this.#find(key, id);
    if (found === undefined || !isUnderWay(found.job) || isLeased(found.job, clock())) return;
    const { turn, job } = found;
    if (job.tries > 0 && !outlives(job)) {
      this.#host.jobs.giveUp(turn, job, "queue_gave_up", DIED);
      this.#host.jobs.closed(turn, job);
    } else job.sendAt = clock() + UNTAKEN_MS;
    ledger.save(turn);
  }

  /** Leases that have run out: their jobs are anybody's again. @returns jobs that the queue is to be given now */
  due(): JobOfTurn[] {
    const { ledger, clock } = this.#host;
    const now = clock();
    return ledger.unfinished().flatMap((turn) =>
      turn.jobs.flatMap((job) => {
        if (job.state === "running" && job.leaseUntil <= now) this.#expired(turn, job);
        return job.state === "ready" && job.sendAt <= now ? [{ turn, job }] : [];
      }),
    );
  }

  #isNew(turn: TurnRecord, job: JobRecord, { reply, order }: RecordCall): boolean {
    if (reply) return replyOf(turn, reply.n, job.id) === undefined;
    return !order || !turn.jobs.some(({ id }) => id === orderedId(job, order.n));
  }

  #order(turn: TurnRecord, job: JobRecord, { n, order }: NonNullable<RecordCall["order"]>): JobTicket {
    const { jobs, ledger, clock } = this.#host;
    const ordered = jobs.order(turn, JSON.parse(order), orderedId(job, n), false);
    jobs.toQueue(ordered);
    ledger.save(turn);
    return ticketOf(turn, ordered, clock());
  }

  #find(key: string, id: string): JobOfTurn | undefined {
    const turn = this.#host.ledger.find(key, this.#host.clock());
    const job = turn?.jobs.find((one) => one.id === id);
    return turn && job && { turn, job };
  }

  #held(key: string, id: string, lease: string): JobOfTurn | undefined {
    const found = this.#find(key, id);
    return found?.job.state === "running" && found.job.lease === lease ? found : undefined;
  }

  #expired(turn: TurnRecord, job: JobRecord): void {
    this.#host.log(turn).warn("job_lease_expired", { name: nameOf(job), job: job.id, attempt: job.tries });
    job.lease = undefined;
    if (!outlives(job)) {
      this.#host.jobs.giveUp(turn, job, "queue_gave_up", DIED);
    } else {
      job.state = "ready";
      job.sendAt = this.#host.clock();
      this.#host.jobs.toQueue(job);
    }
    this.#host.jobs.closed(turn, job);
    this.#host.ledger.save(turn);
  }
}

function orderedId({ id }: JobRecord, n: number): string {
  return `${id}.${n}`;
}

function changesOf(list: ChangeList): SessionChanges {
  return new Map(list.map(([name, json]) => [name, json]));
}
