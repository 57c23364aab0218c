/** `dead-letters`: the jobs that the Worker gave up; they are run again, or dropped. */
import { RefusedError } from "../refused-error.ts";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { readDecision, readLetters, type Decision, type Letters } from "./dead-letter-answers.ts";
import { limitOf } from "./limit.ts";
import type { Session } from "./session.ts";
import { tableLines } from "../table.ts";
import type { WorkerRequest } from "../worker-request.ts";

const RESOURCE = "dead-letters";
const DEFAULT_LIMIT = 50;
/** What the Worker lists at once. */
const PAGE = 100;
/** The Worker decides about many letters for 15 s, and ends with the one that it is at. */
const DECIDING_TIMEOUT_MS = 60_000;
/** A hundred letters with long errors. */
const MAX_ANSWER_BYTES = 1_048_576;
const SHOWN_ERROR_CHARACTERS = 60;

const DECISIONS = {
  redrive: {
    summary: "runs a job again that was given up · 重新执行已放弃的任务",
    doing: "running jobs again · 正在重新投递",
    done: (count: number) => `${count} to be run again · 已重新投递 ${count} 个`,
  },
  drop: {
    summary: "drops such a job for good · 永久丢弃已放弃的任务",
    doing: "dropping jobs · 正在丢弃",
    done: (count: number) => `${count} dropped · 已丢弃 ${count} 个`,
  },
} as const;
type Action = keyof typeof DECISIONS;

function decisionCommand(action: Action): Command {
  return {
    name: `dead-letters ${action}`,
    operands: ["[ID]"],
    options: ["all"],
    changes: true,
    asksWorker: true,
    summary: DECISIONS[action].summary,
    details: ["--all                         all of them instead of one ID · 全部，而不是某一个"],
    run: (given, session) => decide(action, given, session),
  };
}

/** Commands about dead letters. The listing is the last one: the others begin with its name. */
export const DEAD_LETTER_COMMANDS: readonly Command[] = [
  decisionCommand("redrive"),
  decisionCommand("drop"),
  {
    name: "dead-letters",
    operands: [],
    options: ["limit"],
    changes: false,
    asksWorker: true,
    summary: "jobs that the Worker gave up, the newest first · 列出 Worker 已放弃的任务（死信），最新的在前",
    details: ["--limit N                     at most so many (50) · 最多列出多少个"],
    run: list,
  },
];

async function list({ options }: Given, session: Session): Promise<Outcome> {
  const limit = limitOf(options.limit, DEFAULT_LIMIT);
  const letters: Letters["letters"][number][] = [];
  let page: Letters;
  let before: number | undefined;
  do {
    const query = `limit=${Math.min(PAGE, limit - letters.length)}${before === undefined ? "" : `&before=${before}`}`;
    const request = {
      method: "GET",
      resource: `${RESOURCE}?${query}`,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    } as const;
    page = readLetters(await ask(session, request, "asking for dead letters · 正在获取死信"));
    letters.push(...page.letters);
    before = page.next;
  } while (before !== undefined && letters.length < limit);
  const { total, lost } = page;
  return {
    json: { total, lost, letters },
    lines: letters.length === 0 ? [] : tableLines([HEAD, ...letters.map(rowOf)]),
    notes: notesOf(letters.length, page),
  };
}

const HEAD = ["time · 时间", "name · 名称", "tries · 次数", "code · 代码", "error · 错误", "id"];

function rowOf({ time, name, attempts, code, error, id }: Letters["letters"][number]): string[] {
  const shown = error.length > SHOWN_ERROR_CHARACTERS ? `${error.slice(0, SHOWN_ERROR_CHARACTERS)}…` : error;
  const at = new Date(time).toISOString().replace(/\.\d+/, "");
  return [at, name === "" ? "–" : name, String(attempts), code, shown, id].map(printable);
}

/** Errors are anybody's words: they must move no cursor and break no line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").toWellFormed();
}

function notesOf(shown: number, { total, lost }: Letters): string[] {
  return [
    ...(total === 0 ? ["There are no dead letters. · 没有死信。"] : []),
    ...(shown < total
      ? [`${shown} of ${total}: --limit shows more · 共 ${total} 个，--limit 可显示更多`]
      : []),
    ...(lost > 0
      ? [`${lost} older ones had to make room for newer ones. · 另有 ${lost} 个较旧的已被挤出。`]
      : []),
  ];
}

async function decide(
  action: Action,
  { operands: [id], options }: Given,
  session: Session,
): Promise<Outcome> {
  if ((id === undefined) !== (options.all === true)) {
    throw new UsageError(
      `Name one dead letter by its ID, or all of them by --all; \`dead-letters\` lists them.`,
      "请给出一个 ID，或用 --all 指全部；dead-letters 列出所有死信。",
    );
  }
  const words = DECISIONS[action];
  const failed: Decision["failed"][number][] = [];
  let done = 0;
  let decision: Decision;
  let next: object = {};
  do {
    const body = id === undefined ? { action, all: true, ...next } : { action, id };
    const request = { method: "POST", resource: RESOURCE, body, timeoutMs: DECIDING_TIMEOUT_MS } as const;
    decision = readDecision(
      await ask(session, { ...request, maxAnswerBytes: MAX_ANSWER_BYTES }, words.doing),
    );
    done += decision.done;
    failed.push(...decision.failed);
    if (done > 0) session.done.splice(0, 1, words.done(done));
    next = decision.next ?? {};
  } while (decision.next !== undefined);
  if (failed.length > 0) throw remaining(failed);
  return {
    json: { action, done, left: decision.left },
    lines: [`✓ ${words.done(done)}`, `  left · 剩余 ${decision.left}`],
  };
}

/** Those of `--all` that are still there. */
function remaining(failed: Decision["failed"]): RefusedError {
  const lines = failed.map(({ id, code, error }) => printable(`${id}: ${error} (${code})`));
  return new RefusedError(
    "dead_letters_remain",
    [`${failed.length} stay where they are:`, ...lines].join("\n"),
    `以上 ${failed.length} 个仍保留：可修复后重新执行，或用 drop 丢弃。`,
  );
}

/** @throws {RefusedError} when the Worker refuses */
async function ask(session: Session, request: WorkerRequest, words: string) {
  const answer = await session.askWorker(request, words);
  if (answer.status === 200) return answer;
  const [code, error, hint] = ["code", "error", "hint"].map((name) => {
    const text: unknown = Reflect.get(answer.fields, name);
    return typeof text === "string" ? printable(text) : "";
  });
  throw new RefusedError(
    code || "request_refused",
    `${answer.path}: ${error || `status ${answer.status}`}${hint ? `\n${hint}` : ""}`,
    ADVICE[code ?? ""] ?? "Worker 拒绝了该请求。",
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  dead_letter_unknown: "没有这个死信：可能已被处理，或已过 14 天；请重新列出。",
  dead_letter_unreadable: "该死信已损坏，无法重新执行，只能用 drop 丢弃。",
  dead_letter_refused: "会话拒绝重新执行该任务：请部署认识该任务的版本后重试，或用 drop 丢弃。",
  dead_letter_unreachable: "暂时联系不上该会话，死信仍保留，请稍后再试。",
};
