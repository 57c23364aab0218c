/** The checker finds what it is there for: each history but the first has one thing wrong with it. */
import { describe, expect, test } from "vitest";
import { check, DEADLINE_MS, tally } from "./checker.ts";
import type { Attempt, Effect, History, KeptTurn, LogFact, Message } from "./history.ts";
import { FaultCounts, OBJECT_ODDS, Plan } from "./plan.ts";

const ATTEMPT: Attempt = {
  requestId: "r1",
  at: 1_000,
  ms: 20,
  outcome: "answered",
  status: 200,
  said: "[1-0.1]",
  isShown: true,
};
const MESSAGE: Message = {
  id: "1-0",
  verb: "many",
  user: "u",
  key: "m:1",
  isForged: false,
  attempts: [ATTEMPT],
};
const TURN: KeptTurn = {
  key: "m:1",
  user: "u",
  state: "done",
  isAnswered: true,
  runs: 1,
  replies: [
    { tokens: ["1-0.1"], state: "passive" },
    { tokens: ["1-0.2"], state: "sent" },
    { tokens: ["1-0.3"], state: "unknown" },
  ],
  jobs: [],
};
const ANSWERED: LogFact = {
  message: "push_answered",
  level: "info",
  at: 1_020,
  requestId: "r1",
  key: "m:1",
  route: "passive",
  outcome: "text",
  durationMs: 20,
};
const SENT: Effect = { user: "u", tokens: ["1-0.2"] };

const GOOD: History = {
  seed: 1,
  messages: [MESSAGE],
  turns: [TURN],
  sessions: new Map([["u", { count: 1, "message 1-0": 1 }]]),
  effects: [SENT],
  deadLetters: [],
  log: [ANSWERED],
};

const attempted = (change: Partial<Attempt>): Partial<History> => ({
  messages: [{ ...MESSAGE, attempts: [{ ...ATTEMPT, ...change }] }],
});
const kept = (change: Partial<KeptTurn>): Partial<History> => ({ turns: [{ ...TURN, ...change }] });
const counted = (counts: Record<string, number>): Partial<History> => ({
  sessions: new Map([["u", counts]]),
});
const job = (change: object): KeptTurn["jobs"] => [
  { id: "1", name: "slow", state: "done", isBuried: false, tries: 1, ...change },
];
/** A message whose handler was deferred, with its job like that. */
const deferred = (change: object, counts: Record<string, number> = {}): Partial<History> => ({
  messages: [{ ...MESSAGE, verb: "model", attempts: [{ ...ATTEMPT, said: "success" }] }],
  ...kept({ jobs: job(change), replies: [{ tokens: ["1-0.d1"], state: "boxed" }] }),
  ...counted({ count: 1, "message 1-0": 1, ...counts }),
  effects: [],
});

test("a good history shows nothing, and counts", () => {
  expect(check(GOOD)).toEqual([]);
  expect(tally(GOOD)).toEqual({
    messages: 1,
    done: 1,
    dead: 0,
    dropped: 0,
    unanswered: 0,
    forged: 0,
    retries: 0,
    held: 0,
    unknown: 1,
  });
  expect(check({ ...GOOD, ...deferred({}, { "job 1-0": 1 }) })).toEqual([]);
});

describe("a bad history", () => {
  test.each<[string, string, Partial<History>]>([
    [
      "lost",
      "acknowledged, and nothing is known of it",
      { turns: [], ...counted({}), effects: [], ...attempted({ said: "success" }) },
    ],
    [
      "lost",
      "on record and done, but its step was not",
      { ...counted({}), ...attempted({ isShown: false }) },
    ],
    ["lost", "a job that has ended, and was not written down", deferred({})],
    [
      "lost",
      "a job that was given up, and is in no dead letter",
      deferred({ state: "dead", isBuried: true }),
    ],
    ["unfinished", "a run that nobody goes on with", kept({ state: "running" })],
    ["unfinished", "a push that was never answered", kept({ isAnswered: false })],
    [
      "unfinished",
      "a reply that was not sent",
      kept({ replies: [...TURN.replies, { tokens: [], state: "intent" }] }),
    ],
    ["unfinished", "a job that nobody runs", deferred({ state: "ready" }, { "job 1-0": 1 })],
    [
      "unfinished",
      "a job that was given up, and not told",
      { ...deferred({ state: "dead" }), deadLetters: ["m:1#1"] },
    ],
    ["twice", "a session step", counted({ count: 1, "message 1-0": 2 })],
    ["twice", "a job", deferred({}, { "job 1-0": 2 })],
    ["twice", "a message by the API", { effects: [SENT, SENT] }],
    ["twice", "a reply, by the answer and by the API", { effects: [SENT, { user: "u", tokens: ["1-0.1"] }] }],
    [
      "twice",
      "a reply on record",
      kept({ replies: [...TURN.replies, { tokens: ["1-0.1"], state: "boxed" }] }),
    ],
    ["unexpected", "a push that nobody delivered", { turns: [TURN, { ...TURN, key: "m:2", replies: [] }] }],
    [
      "unexpected",
      "a step of a message that nobody sent",
      counted({ count: 2, "message 1-0": 1, "message 1-7": 1 }),
    ],
    ["unexpected", "a message to somebody else", { effects: [SENT, { user: "other", tokens: ["1-0.1"] }] }],
    [
      "unexpected",
      "what a forged push has left",
      {
        messages: [{ ...MESSAGE, isForged: true, attempts: [{ ...ATTEMPT, status: 403, said: "refused" }] }],
      },
    ],
    ["late", "an answer after the deadline", { log: [{ ...ANSWERED, durationMs: DEADLINE_MS + 2_000 }] }],
    ["late", "a request without an answer", { log: [] }],
    ["status", "a push that was refused", attempted({ status: 503 })],
    ["status", "a forged push that was not", { messages: [{ ...MESSAGE, isForged: true }] }],
    ["count", "a counter that missed a message", counted({ count: 0, "message 1-0": 1 })],
    ["missing", "a reply that is nowhere", kept({ replies: TURN.replies.slice(0, 2) })],
    ["effect", "a reply that counts as sent", { effects: [] }],
    [
      "effect",
      "a reply that was sent, and counts as dropped",
      kept({
        replies: TURN.replies.map((one) => (one.state === "sent" ? { ...one, state: "dropped" } : one)),
      }),
    ],
    ["effect", "a message that is not on record", { effects: [SENT, { user: "u", tokens: ["1-0.9"] }] }],
    [
      "contradiction",
      "two answers that differ",
      { messages: [{ ...MESSAGE, attempts: [{ ...ATTEMPT, isShown: false, said: "[1-0.3]" }, ATTEMPT] }] },
    ],
  ])("%s: %s", (rule, _, change) => {
    const rules = check({ ...GOOD, ...change }).map((violation) => violation.rule);
    expect(rules).toContain(rule);
  });

  test.each<[string, LogFact]>([
    ["held on purpose", { ...ANSWERED, route: "hold", durationMs: 5_520 }],
    ["in time", { ...ANSWERED, durationMs: DEADLINE_MS }],
  ])("is not one whose answer was %s", (_, line) => {
    expect(check({ ...GOOD, log: [line] })).toEqual([]);
  });

  test("is not one whose push was dropped for a reason that was logged", () => {
    const dropped = { ...ANSWERED, message: "conversation_unreachable", outcome: "busy text" };
    const history = {
      ...GOOD,
      turns: [],
      ...counted({}),
      effects: [],
      log: [ANSWERED, dropped],
      ...attempted({ said: "busy" }),
    };
    expect(check(history)).toEqual([]);
    expect(tally(history)).toMatchObject({ done: 0, dropped: 1 });
  });
});

describe("a plan", () => {
  const draw = (seed: number): unknown[] => {
    const plan = new Plan(seed, new FaultCounts());
    return Array.from({ length: 200 }, (_, n) => plan.next(OBJECT_ODDS, `receive u${n % 5}`)?.kind);
  };

  test("is the same for the same seed, and another for another", () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test("hangs on what is done, not on the order", () => {
    const [one, other] = [new Plan(7, new FaultCounts()), new Plan(7, new FaultCounts())];
    const first = ["a", "b"].map((subject) => one.next(OBJECT_ODDS, subject));
    const second = ["b", "a"].map((subject) => other.next(OBJECT_ODDS, subject)).toReversed();
    expect(first).toEqual(second);
  });

  test("strikes as often as it says, counts that, and ends when all is healed", () => {
    const counts = new FaultCounts();
    const plan = new Plan(3, counts);
    for (let n = 0; n < 10_000; n++) plan.next({ hang: 0.05 }, `call ${n}`);
    expect(counts.of("hang")).toBeGreaterThan(400);
    expect(counts.of("hang")).toBeLessThan(600);
    expect(counts.never).toContain("throw");
    plan.isHealed = true;
    expect(plan.next({ hang: 1 }, "call")).toBeUndefined();
  });
});
