/** The record of the model's calls: who asked for what, and how it ended. */
import { isJsonObject } from "../platform/endpoint.ts";

/** `cancelled`: the client gave up before the answer's end. `failed`: a refusal, or an answer that was cut off. */
export type CallEnd = "completed" | "cancelled" | "failed";

/** One recorded call, as `GET /model/control/calls` tells it. */
export interface ModelCall {
  /** Of the completion: `chatcmpl-…`. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last four characters of the key; empty when there was none. */
  readonly key: string;
  /** Empty when the request was not understood, and so are the messages. */
  readonly model: string;
  /** As they came; what is very long in them, such as pictures, is cut short. */
  readonly messages: readonly unknown[];
  readonly stream: boolean;
  /** HTTP status of the answer; 0 as long as there is none, and when the connection was cut instead. */
  readonly status: number;
  readonly ended: CallEnd | "running";
  /** Milliseconds since the epoch. */
  readonly endedAt?: number;
  /** The fault or refusal that was ordered. */
  readonly fault?: string;
  /** Tokens of the answer that were handed out. */
  readonly tokensSent: number;
}

/** How many calls there were. */
export interface CallCounts {
  readonly begun: number;
  readonly running: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly failed: number;
}

/** What is known of a call when it comes. */
export type CallFacts = Pick<ModelCall, "id" | "at" | "key">;

const MAX_KEPT = 2_000;
const MAX_TEXT_CHARACTERS = 4_096;

/** A call that is under way. */
export class OpenCall {
  readonly #now: () => number;
  #call: ModelCall;

  constructor(facts: CallFacts, now: () => number) {
    this.#now = now;
    this.#call = {
      ...facts,
      model: "",
      messages: [],
      stream: false,
      status: 0,
      ended: "running",
      tokensSent: 0,
    };
  }

  get recorded(): ModelCall {
    return this.#call;
  }

  /** Adds what is known by now. */
  note(facts: Partial<Pick<ModelCall, "model" | "messages" | "stream" | "status" | "fault">>): void {
    this.#call = { ...this.#call, ...facts };
  }

  sent(tokens: number): void {
    this.#call = { ...this.#call, tokensSent: this.#call.tokensSent + tokens };
  }

  /** Ends it; a call ends once. */
  end(ended: CallEnd): void {
    if (this.#call.ended !== "running") return;
    this.#call = { ...this.#call, ended, endedAt: this.#now() };
  }
}

/** The last calls, in the order in which they came. */
export class ModelCalls {
  readonly #now: () => number;
  #calls: OpenCall[] = [];
  /** Those that are forgotten for their number only. */
  #dropped: CallCounts = { begun: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  get all(): readonly ModelCall[] {
    return this.#calls.map(({ recorded }) => recorded);
  }

  get counts(): CallCounts {
    return this.all.reduce(counted, this.#dropped);
  }

  begin(facts: Omit<CallFacts, "at">): OpenCall {
    const call = new OpenCall({ ...facts, at: this.#now() }, this.#now);
    this.#calls.push(call);
    if (this.#calls.length > MAX_KEPT) this.#drop();
    return call;
  }

  forget(): void {
    this.#calls = [];
    this.#dropped = { begun: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };
  }

  /** The oldest one that has ended goes: its count will not change any more. */
  #drop(): void {
    const at = Math.max(
      0,
      this.#calls.findIndex(({ recorded }) => recorded.ended !== "running"),
    );
    for (const { recorded } of this.#calls.splice(at, 1)) this.#dropped = counted(this.#dropped, recorded);
  }
}

function counted(counts: CallCounts, { ended }: ModelCall): CallCounts {
  return { ...counts, begun: counts.begun + 1, [ended]: counts[ended] + 1 };
}

/** Messages without what is very long in them. */
export function describeMessages(messages: readonly unknown[]): readonly unknown[] {
  return messages.map(shortened);
}

function shortened(value: unknown): unknown {
  if (typeof value === "string") {
    return value.length <= MAX_TEXT_CHARACTERS
      ? value
      : `${value.slice(0, MAX_TEXT_CHARACTERS)}… (${value.length} characters)`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}
