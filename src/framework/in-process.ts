/** Runs handlers right here, in the Worker that received the push: for the benchmark, and for tests of handlers alone. */
import type { Reply } from "../protocol/replies.ts";
import type { Bot } from "./bot.ts";
import type { Answer, Dispatch, RunSurroundings, Turn } from "./ports.ts";
import { botFor } from "./probe.ts";
import { Run } from "./run.ts";
import { SessionCopy } from "./session.ts";
import { inTime } from "./in-time.ts";
import type { WorkOrder, WorkOutcome } from "./work.ts";

/**
 * A `Dispatch` that keeps no state: a push that WeChat sends twice is handled twice, a session is forgotten, there is
 * one reply, the passive one, and work that is put off is done after the answer, once.
 *
 * @param clock milliseconds since the epoch
 */
export function inProcess<S extends object>(bot: Bot<S>, clock: () => number): Dispatch {
  return async (turn) => {
    const { account, push } = turn;
    const answering = botFor(bot, account.dialect.userOf(push.message));
    const surroundings = new PassiveOnly(turn, new SessionCopy(answering.initialSession()));
    const run = new Run(turn, answering, surroundings);
    const running = answering.handle(run);
    const ended = await inTime(running, turn.deadline - clock());
    if (ended === undefined) turn.log.warn("deadline_passed", { selector: turn.push.type });
    surroundings.isClosed = true;
    for (const { work } of surroundings.orders) turn.waitUntil(answering.perform(run, work, true));
    return answerOf(surroundings.reply, turn, ended);
  };
}

class PassiveOnly implements RunSurroundings {
  readonly canHold = false;
  readonly session: SessionCopy;
  readonly #turn: Turn;
  readonly orders: WorkOrder[] = [];
  reply: Reply | undefined;
  isClosed = false;

  constructor(turn: Turn, session: SessionCopy) {
    this.#turn = turn;
    this.session = session;
  }

  record(reply: Reply): number {
    if (this.isClosed || this.reply !== undefined) {
      const cause = this.isClosed ? "the answer has left already" : "the passive reply is taken";
      this.#turn.log.warn("reply_dropped", { type: reply.MsgType, cause });
      return 0;
    }
    this.reply = reply;
    return 1;
  }

  order(order: WorkOrder): void {
    this.orders.push(order);
  }

  cancel(): void {
    // Runs of a user are not known to each other here.
  }
}

function answerOf(reply: Reply | undefined, { account }: Turn, ended: WorkOutcome | undefined): Answer {
  if (reply) return { kind: "reply", reply, route: "passive" };
  const { apology } = account.texts;
  return ended?.kind === "failed" && apology !== undefined
    ? { kind: "reply", reply: { MsgType: "text", Content: apology }, route: "text" }
    : { kind: "none" };
}
