/** Asks a person: by prompts in a terminal, or, where nobody sits, by saying which flags are missing. */
import type { Readable, Writable } from "node:stream";
import { confirm, password, select, text } from "@clack/prompts";
import { UsageError } from "../usage-error.ts";

/** A question with a fixed list of answers. */
export interface Choice<T extends string> {
  readonly message: string;
  readonly flag: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[];
  /** The answer that stands first. */
  readonly initial: T;
  /** Whether it holds when nobody can be asked. */
  readonly initialHolds: boolean;
}

/** A question for a text. */
export interface TextQuestion {
  readonly message: string;
  readonly flag: string;
  /** What is taken for an empty answer. */
  readonly initial?: string | undefined;
  /** Whether an empty answer is one. */
  readonly optional: boolean;
  /** @returns what is wrong with an answer, or `undefined` */
  readonly fault: (answer: string) => string | undefined;
}

/** Whoever is asked. */
export interface Asker {
  /** Whether there is somebody to answer. */
  readonly isPerson: boolean;
  choose<T extends string>(question: Choice<T>): Promise<T>;
  /** @returns an empty text when the question was skipped */
  ask(question: TextQuestion): Promise<string>;
  /** As `ask`; the answer is not shown. */
  askSecret(question: TextQuestion): Promise<string>;
  /** Yes or no; no where nobody sits. */
  confirm(message: string): Promise<boolean>;
  /** To be called when everything was asked. @throws {UsageError} when answers are missing */
  finish(): void;
}

/** The person has had enough: nothing was written. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";

  constructor() {
    super("Cancelled: nothing was changed.\n已取消，未做任何更改。");
  }
}

/** The prompts' own words are English alone. */
const KEYS = "↑ ↓, Enter · 上下键选择，回车确认";

/** Prompts in a terminal. */
export class Prompts implements Asker {
  readonly isPerson = true;
  readonly #streams: { readonly input: Readable; readonly output: Writable };

  constructor(input: Readable, output: Writable) {
    this.#streams = { input, output };
  }

  async choose<T extends string>({ message, options, initial }: Choice<T>): Promise<T> {
    const labels = options.map(({ value, label, hint }) => ({
      value,
      label,
      ...(hint === undefined ? {} : { hint }),
    }));
    const chosen = given(
      await select<string>({
        message: `${message}  (${KEYS})`,
        options: labels,
        initialValue: initial,
        showInstructions: false,
        ...this.#streams,
      }),
    );
    return options.find(({ value }) => value === chosen)?.value ?? initial;
  }

  async ask({ message, initial, optional, fault }: TextQuestion): Promise<string> {
    const fallback = initial ?? "";
    const answer = await text({
      message,
      ...(fallback === "" ? {} : { placeholder: fallback, defaultValue: fallback }),
      validate: (value = "") => faultOf(value, fallback, optional, fault),
      ...this.#streams,
    });
    return given(answer).trim() || fallback;
  }

  async askSecret({ message, initial, optional, fault }: TextQuestion): Promise<string> {
    const fallback = initial ?? "";
    const answer = await password({
      message,
      validate: (value = "") => faultOf(value, fallback, optional, fault),
      ...this.#streams,
    });
    return given(answer).trim() || fallback;
  }

  async confirm(message: string): Promise<boolean> {
    return given(await confirm({ message, active: "Yes · 是", inactive: "No · 否", ...this.#streams }));
  }

  finish(): void {
    // Nothing can be missing: prompts wait for their answers.
  }
}

/** @throws {CancelledError} when there is no answer */
function given<T>(answer: T): Exclude<T, symbol> {
  if (isAnswer(answer)) return answer;
  throw new CancelledError();
}

function isAnswer<T>(answer: T): answer is Exclude<T, symbol> {
  return typeof answer !== "symbol";
}

function faultOf(
  answer: string,
  fallback: string,
  optional: boolean,
  fault: TextQuestion["fault"],
): string | undefined {
  const value = answer.trim() || fallback;
  if (value !== "") return fault(value);
  return optional ? undefined : "needed · 必填";
}

/** Nobody to ask: takes what holds by default, and lists the flags that are missing. */
export class Unattended implements Asker {
  readonly isPerson = false;
  readonly #missing: string[] = [];

  choose<T extends string>({ flag, options, initial, initialHolds }: Choice<T>): Promise<T> {
    if (!initialHolds) this.#missing.push(`${flag} ${options.map(({ value }) => value).join("|")}`);
    return Promise.resolve(initial);
  }

  ask({ flag, initial, optional }: TextQuestion): Promise<string> {
    if (initial === undefined && !optional) this.#missing.push(flag);
    return Promise.resolve(initial ?? "");
  }

  askSecret(question: TextQuestion): Promise<string> {
    return this.ask(question);
  }

  confirm(): Promise<boolean> {
    return Promise.resolve(false);
  }

  finish(): void {
    if (this.#missing.length === 0) return;
    const flags = this.#missing.join(", ");
    throw new UsageError(
      `Nobody can be asked here, so say: ${flags}`,
      `当前无法提问，请在命令行给出：${flags}`,
    );
  }
}
