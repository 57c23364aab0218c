/** An answer whose run has died in the middle of it: what the user has of it, and how the model is asked for the rest. */
import type { Reply } from "../../protocol/replies.ts";
import type { ModelMessage } from "./provider.ts";

const GO_ON = "你的回答在这里中断了。请紧接着上面最后一句继续写完：不要重复已经写过的内容，也不要解释。";

/** What is there of the answer. */
export interface BegunAnswer {
  /** What the user has read. */
  readonly text: string;
  /** Whether nothing is missing. */
  readonly isWhole: boolean;
}

/**
 * The answer that stands in the replies of earlier runs.
 *
 * @param lastWords what may stand at the end of an answer: of one without any of them, no end is seen
 */
export function begunAnswer(said: readonly Reply[], lastWords: readonly string[]): BegunAnswer {
  const texts = said.flatMap((reply) => (reply.MsgType === "text" ? [reply.Content] : []));
  const text = texts.join("\n").trim();
  return { text, isWhole: lastWords.some((words) => words !== "" && text.endsWith(words)) };
}

/** Said to the model behind the question. */
export function goingOn({ text }: BegunAnswer): ModelMessage[] {
  return [
    { role: "assistant", content: text },
    { role: "user", content: GO_ON },
  ];
}
