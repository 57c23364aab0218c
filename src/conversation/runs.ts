/** The runs of one user's pushes in this object: one after the other, or as the bot's `overlap` says. */
import type { KnownAccount } from "../accounts/account.ts";
import { inTime, settles } from "../framework/in-time.ts";
import type { Turn } from "../framework/ports.ts";
import type { Push } from "../protocol/push.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Answers } from "./answers.ts";
import type { TalkHost } from "./host.ts";
import type { Jobs } from "./deferred/jobs.ts";
import type { Ledger } from "./ledger.ts";
import { LiveRun } from "./live-run.ts";
import type { SessionStore } from "./session-store.ts";
import { answerBy, type TurnRecord } from "./turn.ts";

/** A run that takes longer is cut off, so that a handler that never ends does not keep its user's other messages waiting. */
const RUN_LIMIT_MS = 60_000;
/** A push whose run dies again and again is given up. */
const MAX_RUNS = 5;
/** Turns of the microtask queue that a handler gets before it is written down that it was begun. */
export const CLAIM_TURNS = 64;
/** However many messages follow each other, a burst begins to be worked on this long after its first. */
const MAX_BURST_MS = 3_000;

/** What runs are made of. */
export interface RunsParts {
  readonly host: TalkHost;
  readonly ledger: Ledger;
  readonly session: SessionStore;
  readonly answers: Answers;
  readonly jobs: Jobs;
  /** A run has ended, or replied late: there may be something to send. */
  ended(turn: TurnRecord): void;
  drainSoon(): void;
}

/** One per conversation. */
export class Runs {
  readonly #parts: RunsParts;
  readonly #live = new Map<string, LiveRun>();
  /** The end of what others wait for; unset when nothing is under way. */
  #tail: Promise<unknown> | undefined;
  /** A burst that is not worked on yet. */
  #gathering: { readonly live: LiveRun; readonly since: number } | undefined;

  constructor(parts: RunsParts) {
    this.#parts = parts;
    const { ledger, jobs } = parts;
    const underWay = ledger.unfinished().filter((turn) => jobs.isInWorker(turn));
    if (underWay.length > 0) this.#follow(Promise.all(underWay.map((turn) => jobs.offWorker(turn))));
  }

  /** The run of that push, as long as it is under way here. */
  live(key: string): LiveRun | undefined {
    return this.#live.get(key);
  }

  /** Whether a push is being handled here, or waits to be. */
  get isHandling(): boolean {
    return this.#live.size > 0;
  }

  /** A run that died with its object is made again: "seen" is not "done". */
  resume(turn: TurnRecord): LiveRun | undefined {
    const { host, ledger } = this.#parts;
    const account = host.account(turn.account);
    if (turn.push === undefined || account === undefined || turn.runs >= MAX_RUNS) {
      host.log(turn).error("run_given_up", { message_key: turn.key, runs: turn.runs });
      turn.state = "done";
      turn.push = undefined;
      ledger.save(turn);
      return undefined;
    }
    turn.runs++;
    host.log(turn).warn("run_resumed", { message_key: turn.key, runs: turn.runs });
    return this.start(turn, JSON.parse(turn.push), account, host.clock());
  }

  /** Begins a run. */
  start(turn: TurnRecord, push: Push, account: KnownAccount, deadline: number): LiveRun {
    const { host } = this.#parts;
    const live = this.#made(turn, push, account, deadline);
    this.#live.set(turn.key, live);
    const overlap = push.message.MsgType === "event" ? "queue" : host.bot.overlap;
    if (host.bot.interrupts(push)) live.done = this.#handled(live, undefined, account);
    else {
      if (overlap === "latest") this.cancelOthers(turn.key);
      const before =
        overlap === "burst" ? this.#gathered(live) : overlap === "latest" ? undefined : this.#tail;
      live.done = this.#handled(live, before, account);
      const { jobs } = this.#parts;
      this.#follow(live.done.then(() => (jobs.isInWorker(turn) ? jobs.offWorker(turn) : undefined)));
    }
    // Whoever waits for it is told; without anybody there is nobody to tell.
    live.done.catch(() => {});
    return live;
  }

  /** Ends what else is under way, its jobs included. */
  cancelOthers(key: string): void {
    const { ledger, jobs } = this.#parts;
    for (const [other, live] of this.#live) if (other !== key) live.end();
    for (const turn of ledger.unfinished()) if (turn.key !== key) jobs.cancel(turn, "cancelled");
  }

  /** What comes later waits for `end`. */
  #follow(end: Promise<unknown>): void {
    this.#tail = end;
    const clear = (): void => {
      if (this.#tail === end) this.#tail = undefined;
    };
    end.then(clear, clear);
  }

  #made(turn: TurnRecord, push: Push, account: KnownAccount, deadline: number): LiveRun {
    const { host, ledger, session, answers, jobs } = this.#parts;
    const log = host.log(turn);
    const canHold = account.lateReplies.includes("hold");
    const handling: Turn = {
      account,
      push,
      get skipped() {
        return turn.skipped.map((one): Push => JSON.parse(one));
      },
      deadline,
      answerBy: answerBy(turn, canHold),
      said: [],
      log,
      requestId: turn.requestId,
      env: host.env,
      clock: host.clock,
      // What a handler does outside must not happen before it is known that it was begun.
      api: () => {
        live.claim();
        return host.api(account.id, log);
      },
      isOpen: (path) => host.isOpen(account.id, path),
      waitUntil: (work) => host.waitUntil(work),
    };
    const live = new LiveRun({
      turn: handling,
      kept: turn,
      bot: host.bot,
      openSession: () => session.open(host.clock()),
      canHold,
      claim: () => ledger.save(turn),
      order: (order, n) => void jobs.order(turn, order, String(n), order.work.kind === "deferred"),
      takeLate: (record) => {
        answers.route(turn, record);
        ledger.save(turn);
        this.#parts.drainSoon();
      },
      cancelOthers: () => this.cancelOthers(turn.key),
    });
    return live;
  }

  /** A burst: what waits is taken in by the message that came last, which is worked on when no other follows. */
  #gathered(live: LiveRun): Promise<unknown> {
    const { host, ledger } = this.#parts;
    const now = host.clock();
    const earlier = this.#gathering?.live;
    const since = this.#gathering?.since ?? now;
    this.#gathering = { live, since };
    if (earlier !== undefined && earlier.kept.push !== undefined) {
      live.kept.skipped.push(...earlier.kept.skipped, earlier.kept.push);
      ledger.save(live.kept);
      host.log(earlier.kept).info("run_taken_in", { message_key: earlier.kept.key, by: live.kept.key });
      earlier.end();
    }
    const waitMs = Math.min(host.bot.burstMs, since + MAX_BURST_MS - now);
    const pause = new Promise((resolve) => setTimeout(resolve, waitMs));
    return Promise.race([live.cancelled, Promise.all([pause, this.#tail])]);
  }

  async #handled(live: LiveRun, before: Promise<unknown> | undefined, account: KnownAccount): Promise<void> {
    const { host, session, answers } = this.#parts;
    const { kept: turn } = live;
    if (before) {
      live.claim();
      await before.catch(() => {});
      if (this.#gathering?.live === live) this.#gathering = undefined;
    }
    const outcome = live.isCancelled ? "done" : await this.#outcome(live);
    this.#live.delete(turn.key);
    session.merge(live.sessionChanges(), host.clock());
    turn.state = "done";
    const { apology } = account.texts;
    if (outcome === "failed" && turn.replies.length === 0 && apology !== undefined) {
      answers.apologise(turn, apology);
    }
    this.#parts.ended(turn);
    host.waitUntil(host.schedule());
  }

  async #outcome(live: LiveRun): Promise<"done" | "failed"> {
    const ending = live.handle();
    if (!(await settles(ending, CLAIM_TURNS))) live.claim();
    const outcome = await Promise.race([inTime(ending, RUN_LIMIT_MS), live.cancelled]);
    if (outcome !== undefined) return outcome.kind;
    cutOff(live, this.#parts.host.log(live.kept));
    return "failed";
  }
}

function cutOff(live: LiveRun, log: Logger): void {
  log.warn("run_cut_off", { message_key: live.kept.key, after_ms: RUN_LIMIT_MS });
  live.end();
}
