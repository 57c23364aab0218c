/**
 * Who answers a push: the owner's bot, or for the probe user of `npm run doctor` a bot of our own, so that a push can be
 * tried through the whole Worker without the owner's handlers and middleware, and without a message by WeChat's API.
 */
import type { KnownAccount } from "../accounts/account.ts";
import {
  MAX_PROBE_SLOW_MS,
  PROBE_ANSWER,
  PROBE_ECHO,
  PROBE_SLOW,
  PROBE_USER,
} from "../accounts/probe-user.ts";
import { Bot } from "./bot.ts";

const probeBot = new Bot();
probeBot.hears(PROBE_SLOW, async (ctx) => {
  await pause(Math.min(Number(ctx.match[1]), MAX_PROBE_SLOW_MS), ctx.signal);
  await ctx.reply(ctx.match[0]);
});
probeBot.on("text", (ctx, next) => {
  const { Content } = ctx.message;
  return Content.startsWith(PROBE_ECHO) && Content.length > PROBE_ECHO.length
    ? ctx.reply(Content.slice(PROBE_ECHO.length))
    : next();
});
probeBot.use((ctx) => ctx.reply(PROBE_ANSWER));

/** The bot that answers `user`. */
export function botFor<S extends object>(bot: Bot<S>, user: string | undefined): Bot<S> | Bot<never> {
  return user === PROBE_USER ? (probeBot as unknown as Bot<never>) : bot; // neither knows the other's session
}

/**
 * The account as it is for `user`. What the probe user is answered late waits for its next message: nothing is sent to it
 * by WeChat's API, for which it does not exist, and no push of it is left unanswered on purpose.
 */
export function accountFor<A extends KnownAccount | undefined>(account: A, user: string | undefined): A {
  if (account === undefined || user !== PROBE_USER) return account;
  return { ...account, lateReplies: ["mailbox"], appSecret: undefined };
}

/** Ends early when the run is cancelled. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
