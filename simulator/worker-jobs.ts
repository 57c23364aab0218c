/** The Worker's deferred work as it tells its operator: what became of each job, and those that were given up. */
import { HTTPException } from "hono/http-exception";
import type { SimulatedAccount } from "./account.ts";
import { bilingual, causeOf } from "./faults.ts";
import { isJsonObject, type JsonObject, listIn, numberIn, textIn } from "./platform/endpoint.ts";

/** What an operator asks the Worker of an account. */
export interface OperatorQuestion {
  readonly account: SimulatedAccount;
  readonly method: "GET" | "POST";
  /** What follows `/api/v1/accounts/<id>/`, with its query. */
  readonly resource: string;
  readonly body?: object;
}

/** What it answers: a JSON object. */
export interface OperatorAnswer {
  readonly status: number;
  readonly fields: object;
}

/**
 * Asks the Worker as its operator does, by a request that is signed with the account's secret. Is asked only about
 * accounts that have an AppSecret or an EncodingAESKey to sign with.
 */
export type AskWorker = (question: OperatorQuestion) => Promise<OperatorAnswer>;

/** One job. */
export interface JobView {
  /** Its number in its push, from 1; `1.2` is the second one that job 1 has ordered. */
  readonly id: string;
  /** Of its handler; `push` when the queue runs all handlers of the push. */
  readonly name: string;
  /** `queue` or `worker`. */
  readonly via: string;
  /** `ready`, `running`, `done`, `dead` or `dropped`. */
  readonly state: string;
  /** How often it was begun. */
  readonly tries: number;
  /** Why it was given up. */
  readonly code?: string;
}

/** A job that was given up. */
export interface DeadLetterView {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Empty for what could not be read. */
  readonly name: string;
  readonly attempts: number;
  readonly code: string;
  readonly error: string;
}

/** What `GET /api/worker/dead-letters/:account` answers: the newest of them. */
export interface DeadLettersView {
  readonly total: number;
  /** How many had to make room for newer ones. */
  readonly lost: number;
  readonly letters: readonly DeadLetterView[];
}

/** What is done about a dead letter: it is run again, or dropped. */
export const DEAD_LETTER_ACTIONS = ["redrive", "drop"] as const;
export type DeadLetterAction = (typeof DEAD_LETTER_ACTIONS)[number];

const SHOWN_LETTERS = 20;
const SILENT = ["the Worker did not answer ($1)", "Worker 没有应答（$1）"] as const;
const STRANGE = [
  "the Worker answered what no wechat-edge Worker does (status $1)",
  "应答不像是 wechat-edge 的 Worker（状态码 $1）",
] as const;
const NOT_TO_BE_ASKED = [
  "nobody can ask the Worker about this account: npm start can, where the account has an AppSecret or EncodingAESKey",
  "这里无法询问这个账号的任务：npm start 可以，且账号须有 AppSecret 或 EncodingAESKey",
] as const;
const REFUSED = ["the Worker refused it: $1", "Worker 拒绝了：$1"] as const;
const REFUSALS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  dead_letter_unknown: [
    "it is gone: somebody has run it again or dropped it",
    "它已经不在了：可能已被重新执行或丢弃",
  ],
  dead_letter_unreadable: [
    "it names no job, so there is nothing to run: drop it",
    "它没有指明任务，无法重新执行，只能丢弃",
  ],
  dead_letter_refused: ["this version of the bot cannot run it", "当前版本的机器人不能运行它"],
  dead_letter_unreachable: [
    "its conversation cannot be reached now; it is still there, try again",
    "暂时联系不上它的会话；它还在，请稍后再试",
  ],
};

/** Asks about deferred work. */
export class WorkerJobs {
  readonly #ask: AskWorker | undefined;

  /** @param ask none where nobody can sign as the Worker's operator */
  constructor(ask: AskWorker | undefined) {
    this.#ask = ask;
  }

  /** Whether the Worker can be asked about an account. */
  canAsk({ appSecret, encodingAesKey }: SimulatedAccount): boolean {
    return this.#ask !== undefined && (appSecret ?? encodingAesKey) !== undefined;
  }

  /**
   * The jobs of a user's pushes, by the key that the Worker gives the push; pushes without any are left out.
   *
   * @throws {HTTPException} 404 where nobody can ask, 502 when there is no usable answer
   */
  async jobsOf(account: SimulatedAccount, openid: string): Promise<ReadonlyMap<string, readonly JobView[]>> {
    const fields = await this.#listed(account, `conversations/${openid}`);
    const turns = (listIn(fields, "turns") ?? []).filter(isJsonObject);
    return new Map(
      turns.flatMap((turn) => {
        const jobs = (listIn(turn, "jobs") ?? []).filter(isJsonObject).map(jobOf);
        return jobs.length === 0 ? [] : [[textIn(turn, "key") ?? "", jobs] as const];
      }),
    );
  }

  /**
   * The newest dead letters of an account.
   *
   * @throws {HTTPException} as `jobsOf`
   */
  async deadLetters(account: SimulatedAccount): Promise<DeadLettersView> {
    const fields = await this.#listed(account, `dead-letters?limit=${SHOWN_LETTERS}`);
    const letters = (listIn(fields, "letters") ?? []).filter(isJsonObject).map(letterOf);
    return { total: numberIn(fields, "total") ?? 0, lost: numberIn(fields, "lost") ?? 0, letters };
  }

  /**
   * Has a dead letter run again, or dropped.
   *
   * @throws {HTTPException} as `jobsOf`; 409 when the Worker refuses
   */
  async decide(account: SimulatedAccount, action: DeadLetterAction, id: string): Promise<void> {
    const body = { action, id };
    const { status, fields } = await this.#asked({ account, method: "POST", resource: "dead-letters", body });
    if (status === 200) return;
    const code = textIn(fields, "code") ?? `HTTP ${status}`;
    const words = REFUSALS[code];
    throw new HTTPException(409, { message: words ? bilingual(words) : bilingual(REFUSED, [code]) });
  }

  async #listed(account: SimulatedAccount, resource: string): Promise<JsonObject> {
    const { status, fields } = await this.#asked({ account, method: "GET", resource });
    if (status !== 200) throw new HTTPException(502, { message: bilingual(STRANGE, [status]) });
    return fields;
  }

  async #asked(question: OperatorQuestion): Promise<{ status: number; fields: JsonObject }> {
    if (this.#ask === undefined || !this.canAsk(question.account)) {
      throw new HTTPException(404, { message: bilingual(NOT_TO_BE_ASKED) });
    }
    let answer: OperatorAnswer;
    try {
      answer = await this.#ask(question);
    } catch (cause) {
      throw new HTTPException(502, { message: bilingual(SILENT, [causeOf(cause)]), cause });
    }
    const { status, fields } = answer;
    if (!isJsonObject(fields)) throw new HTTPException(502, { message: bilingual(STRANGE, [status]) });
    return { status, fields };
  }
}

function jobOf(job: JsonObject): JobView {
  const code = textIn(job, "code");
  return {
    id: textIn(job, "id") ?? "",
    name: textIn(job, "name") ?? "",
    via: textIn(job, "via") ?? "",
    state: textIn(job, "state") ?? "",
    tries: numberIn(job, "tries") ?? 0,
    ...(code === undefined ? {} : { code }),
  };
}

function letterOf(letter: JsonObject): DeadLetterView {
  return {
    id: textIn(letter, "id") ?? "",
    time: numberIn(letter, "time") ?? 0,
    name: textIn(letter, "name") ?? "",
    attempts: numberIn(letter, "attempts") ?? 0,
    code: textIn(letter, "code") ?? "",
    error: textIn(letter, "error") ?? "",
  };
}
