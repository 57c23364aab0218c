/** Runs handlers right here, in the Worker that received the push. */
import type { Bot } from "./bot.ts";
import type { Answer, Dispatch, Turn } from "./ports.ts";
import { AFTER_ANSWER_MS, Run } from "./run.ts";

/**
 * A `Dispatch` that keeps no state: a push that WeChat sends twice is handled twice.
 *
 * A run that misses the deadline goes on after the answer for as long as the platform lets it.
 *
 * @param clock milliseconds since the epoch
 */
export function inProcess<S extends object>(bot: Bot<S>, clock: () => number): Dispatch {
  return async (turn) => {
    const run = new Run(turn, bot);
    const running = bot.handle(run);
    const ended = await inTime(running, turn.deadline - clock());
    if (ended === undefined) {
      turn.log.warn("deadline_passed", { selector: turn.push.type });
      turn.waitUntil(limited(running, run));
    }
    const answer = answerOf(run, turn, ended);
    run.answered();
    return answer;
  };
}

function answerOf(run: Run, { account }: Turn, ended: { failed: boolean } | undefined): Answer {
  if (run.passive) return { kind: "reply", reply: run.passive };
  if (!ended) return { kind: "pending" };
  const { apology } = account.texts;
  return ended.failed && apology !== undefined
    ? { kind: "reply", reply: { MsgType: "text", Content: apology } }
    : { kind: "none" };
}

/** Turns of the microtask queue that a handler gets before a timer is set: one that waits for nothing needs none. */
const SETTLING_TURNS = 24;

/** What `work` comes to, or `undefined` when it takes longer than `ms`. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const state = { settled: false };
  const note = (): void => {
    state.settled = true;
  };
  work.then(note, note);
  for (let turn = 0; turn < SETTLING_TURNS && !state.settled; turn++) await Promise.resolve();
  if (state.settled) return work;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  const first = await Promise.race([work, late]);
  clearTimeout(timer);
  return first;
}

async function limited(running: Promise<unknown>, run: Run): Promise<void> {
  if ((await inTime(running, AFTER_ANSWER_MS)) === undefined) run.abort("the run has used up its time");
}
