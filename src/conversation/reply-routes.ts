/** Which way a late answer takes: a pure choice over facts. */
import type { LateReply } from "../accounts/account.ts";

/** Requests that WeChat makes for one push: the last one must be answered. */
export const WECHAT_ATTEMPTS = 3;

/** WeChat asks again after this. */
const RETRY_MS = 5_000;

/** Which of WeChat's requests is being answered so long after the first: those that an object died with count as well. */
export function attemptsBy(ms: number): number {
  return 1 + Math.max(0, Math.floor((ms - RETRY_MS / 2) / RETRY_MS));
}

/** What the choice depends on. */
export interface RouteFacts {
  /** The account's ways, in order. */
  readonly lateReplies: readonly LateReply[];
  /** Deliveries of the push so far. */
  readonly attempts: number;
  /** Whether the budget of deliberate time-outs allows another one. */
  readonly mayHold: boolean;
  /** Whether customer-service messages can be sent to this user. */
  readonly canPush: boolean;
  /** Whether there is a user whose next message could collect an answer. */
  readonly hasUser: boolean;
}

/** The first way that is open for an answer that is not there yet; `undefined` when none is. */
export function lateRoute(facts: RouteFacts): LateReply | undefined {
  return facts.lateReplies.find((route) => {
    switch (route) {
      case "hold":
        return facts.mayHold && facts.attempts < WECHAT_ATTEMPTS;
      case "push":
        return facts.canPush;
      case "mailbox":
        return facts.hasUser;
    }
  });
}

/** The first way that is open for a reply that is there, and that the push itself cannot carry any more. */
export function replyRoute(facts: Omit<RouteFacts, "attempts" | "mayHold">): "push" | "mailbox" | undefined {
  const route = lateRoute({ ...facts, attempts: WECHAT_ATTEMPTS, mayHold: false });
  return route === "hold" ? undefined : route;
}
