/** A model's answer on its way to the user: what it says, ended in time, with the label that the law asks for. */
import { ReadableTextStream } from "../text/readable-text.ts";
import { ThinkingFilter, type ThinkingOptions } from "../text/thinking.ts";
import { ModelError } from "./provider.ts";

/** How an answer is shown. */
export interface AnswerOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** When the answer has to be over, in milliseconds since the epoch. */
  readonly endBy: number;
  /** Goes behind the answer, as a paragraph of its own. */
  readonly label: string | undefined;
  /** Goes behind what there is of an answer that broke off. */
  readonly brokenOff: string;
  readonly thinking: ThinkingOptions | undefined;
  /** Ends the model's call. */
  readonly stop: () => void;
}

/** What became of the answer, for the memory and the log. */
export interface AnswerRecord {
  /** What the model has said, as it said it, without what it thought. */
  text: string;
  /** Why it broke off. */
  failure: unknown;
}

const BETWEEN = "\n\n";

/**
 * The answer's text, piece by piece, as it is to be shown.
 *
 * @param record is filled in on the way
 * @throws what the model's stream throws before its first word
 */
export async function* shownAnswer(
  stream: AsyncIterable<string>,
  { clock, endBy, label, brokenOff, thinking: marks, stop }: AnswerOptions,
  record: AnswerRecord,
): AsyncGenerator<string> {
  const timer = setTimeout(
    () => {
      record.failure ??= new ModelError("model_stalled", "the answer took longer than a run may", {
        isStarted: true,
      });
      stop();
    },
    Math.max(0, endBy - clock()),
  );
  const thinking = new ThinkingFilter(marks);
  const readable = new ReadableTextStream();
  const shown = (said: string): string => {
    record.text += said;
    return readable.push(said);
  };
  try {
    for await (const piece of stream) {
      const text = shown(thinking.push(piece));
      if (text !== "") yield text;
    }
  } catch (error) {
    record.failure ??= error;
  } finally {
    clearTimeout(timer);
  }
  const rest = shown(thinking.end()) + readable.end();
  if (rest !== "") yield rest;
  if (record.text.trim() === "") {
    throw record.failure ?? new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
  }
  if (record.failure !== undefined) yield BETWEEN + brokenOff;
  if (label !== undefined) yield BETWEEN + label;
}
