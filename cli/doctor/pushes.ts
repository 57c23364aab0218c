/** Pushes of the doctor's own user: answered right, answered alike when they come again, answered in time. */
import { PROBE_ANSWER, PROBE_SLOW } from "../../src/accounts/probe-user.ts";
import { outside, type OutsideFinding } from "./findings.ts";
import type { Inside } from "./inside.ts";
import type { Knocked } from "./knock.ts";
import { type Line, probePush, type ProbePush, type Pushed } from "./line.ts";
import { refusedPushFindings } from "./mismatch.ts";
import { isRefusal, passageFault } from "./passage.ts";

/** Longer than WeChat waits. */
const SLOW_HANDLER_MS = 8_000;
/** Answers of earlier runs may be waiting for the next message, or their handlers still be running. */
const MAX_TRIES = 4;
/** An echo takes no time: who answers so late has waited for something else. */
const BUSY_MS = 3_000;
/** What the Worker answers when there is nothing to say. */
const SILENCE = "success";

/** Sends a text and expects it back, then the same push again. */
export async function echoFindings(line: Line, inside: Inside): Promise<OutsideFinding[]> {
  const word = `echo-${line.now()}`;
  for (let tries = 1; ; tries++) {
    const push = probePush(`echo ${word}`, line.now);
    const pushed = await line.push(push);
    const text = textOf(pushed);
    if (text?.includes(word) === true) return [modeFinding(line, pushed), await repeated(line, push, text)];
    const isEarlierRun = (text !== undefined && PROBE_SLOW.test(text)) || isBusy(pushed);
    if (!isEarlierRun || tries >= MAX_TRIES) return notEchoed(line, pushed, inside);
  }
}

/** The Worker took the push, and had to say that the answer comes later. */
function isBusy({ knocked, reading }: Pushed): boolean {
  const isTaken = reading?.kind === "reply" || reading?.kind === "silence";
  return isTaken && knocked.kind === "answer" && knocked.text !== "" && knocked.ms > BUSY_MS;
}

/** A Worker with a key seals its answer, in compatible mode too. */
function modeFinding({ credentials: { mode } }: Line, { knocked, reading }: Pushed): OutsideFinding {
  return mode === "compatible" && reading?.kind === "reply" && !reading.sealed
    ? outside("mode_differs", { here: mode, there: "plain" })
    : outside("push_ok", { mode, ms: knocked.ms });
}

async function repeated(line: Line, push: ProbePush, text: string): Promise<OutsideFinding> {
  const again = await line.push(push);
  const fault = passageFault(again.knocked, { url: line.url, method: "POST" });
  return fault ?? outside(textOf(again) === text ? "duplicate_ok" : "duplicate_differs");
}

/** Sends what takes longer than WeChat waits: the answer, or a hint that it comes later, has to be there in time. */
export async function slowFindings(line: Line): Promise<OutsideFinding[]> {
  const { knocked } = await line.push(probePush(`slow ${SLOW_HANDLER_MS}`, line.now));
  const isAnswered = knocked.kind === "answer" && knocked.status === 200;
  return [
    outside(isAnswered ? "slow_ok" : "slow_unanswered", { ms: knocked.ms, handlerMs: SLOW_HANDLER_MS }),
  ];
}

/** The reply's text, where WeChat would show one. Nothing of ours begins with a byte order mark. */
function textOf({ knocked, reading }: Pushed): string | undefined {
  if (reading?.kind !== "reply" || hasMark(knocked)) return undefined;
  const { Content } = reading.reply.fields;
  return typeof Content === "string" ? Content : undefined;
}

function hasMark(knocked: Knocked): boolean {
  return knocked.kind === "answer" && knocked.text.startsWith("\uFEFF");
}

async function notEchoed(line: Line, pushed: Pushed, inside: Inside): Promise<OutsideFinding[]> {
  const { knocked, reading } = pushed;
  const fault = passageFault(knocked, { url: line.url, method: "POST" });
  if (fault !== undefined) return [fault];
  if (knocked.kind !== "answer" || reading === undefined) return [];
  const { status, text } = knocked;
  if (status !== 200) {
    return isRefusal(knocked)
      ? refusedPushFindings(line, status, inside)
      : [outside("push_refused", { status })];
  }
  // The Worker says a word even when it has nothing to say.
  if (text === "") return [outside("reply_lost")];
  if (hasMark(knocked)) return [outside("reply_altered", { reason: "bom" })];
  if (reading.kind === "abnormal") return [outside("reply_altered", { reason: reading.reason })];
  return [outside("probe_unknown", { silent: text === SILENCE, other: textOf(pushed) !== PROBE_ANSWER })];
}
