/** What is told of a conversation: to the Worker its answer, to an operator, who may decide, never content. */
import type { Ledger } from "./ledger.ts";
import { nameOf } from "./deferred/job.ts";
import type { ConversationReport, Progress, ReplyDecision, TurnReport } from "./rpc.ts";
import { replyOf, type TurnAnswer, type TurnRecord } from "./turn.ts";

/** The pushes that are kept. */
export function reportOf(ledger: Ledger, decided: boolean): ConversationReport {
  return { v: 1, decided, turns: ledger.all().map(turnReport) };
}

function turnReport({ key, at, state, attempts, runs, answer, replies, jobs }: TurnRecord): TurnReport {
  return {
    key,
    at,
    state,
    attempts,
    runs,
    answer: answer === undefined ? "open" : (answer.route ?? answer.kind),
    replies: replies.map(({ n, job, reply, state: its, tries, errcode }) => ({
      n,
      job,
      type: reply.MsgType,
      state: its,
      tries,
      errcode,
    })),
    jobs: jobs.map((job) => ({
      id: job.id,
      name: nameOf(job),
      via: job.via,
      state: job.state,
      tries: job.tries,
      code: job.cause?.code,
    })),
  };
}

/**
 * Carries out what was decided about a reply whose outcome nobody knows.
 *
 * @returns whether there is such a reply
 */
export function decide(ledger: Ledger, { key, n, job, action }: ReplyDecision, now: number): boolean {
  const turn = ledger.all().find((one) => one.key === key);
  const record = turn && replyOf(turn, n, job);
  if (turn === undefined || record?.state !== "unknown") return false;
  record.state = action === "resend" ? "intent" : "dropped";
  record.notBefore = now;
  ledger.save(turn);
  return true;
}

/** What the Worker is told of an answer. */
export function progressOf(answer: TurnAnswer): Progress {
  return answer.kind === "reply"
    ? {
        v: 1,
        kind: "reply",
        reply: JSON.stringify(answer.reply),
        route: answer.route,
        ...(answer.link === undefined ? {} : { link: answer.link }),
      }
    : { v: 1, kind: "none", route: answer.route };
}
