/** A model's answer on its way to the user: what it says, ended in time, with the label that the law asks for. */
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
  /** Ends the model's call. */
  readonly stop: () => void;
}

/** What became of the answer, for the memory and the log. */
export interface AnswerRecord {
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
  { clock, endBy, label, brokenOff, stop }: AnswerOptions,
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
  try {
    for await (const piece of stream) {
      record.text += piece;
      yield piece;
    }
  } catch (error) {
    record.failure ??= error;
  } finally {
    clearTimeout(timer);
  }
  if (record.text.trim() === "") {
    throw record.failure ?? new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
  }
  if (record.failure !== undefined) yield BETWEEN + brokenOff;
  if (label !== undefined) yield BETWEEN + label;
}
