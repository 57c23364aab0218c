/** Texts of an exact length that show whether all of them has arrived: Chinese in Markdown, with numbered sentences. */
import { utf8Length } from "../../src/protocol/utf8.ts";

/** How long a text is to be, and which one. */
export interface WritingOptions {
  /** Unicode characters, as people count them who count an emoji as one. */
  readonly characters?: number | undefined;
  /** Bytes in UTF-8; counts where `characters` is not given. */
  readonly bytes?: number | undefined;
  /** The same seed writes the same text. Default: 1. */
  readonly seed?: number | undefined;
  /** Only what follows the sentence of this number. */
  readonly after?: number | undefined;
}

const SUBJECTS = ["春天的风", "远处的山", "清晨的街道", "一杯热茶", "老城的灯火", "窗外的雨", "江上的船"];
const VERBS = ["慢慢地", "静静地", "忽然", "照例", "又一次", "轻轻地"];
const ENDS = ["醒了过来", "有了颜色", "让人想起从前", "停在了路边", "说着自己的故事", "把一天带走了"];
const END = "（全文完）";
const FILLER = "余音未了";
const SENTENCES_IN_SECTION = 8;
/** A multiplier and an increment that reach every number below 2³² (Numerical Recipes). */
const MULTIPLIER = 1_664_525;
const INCREMENT = 1_013_904_223;

/**
 * Writes a text of exactly that length. Its sentences are numbered (第1句, 第2句 …) and it ends with 全文完, if there is
 * room for that: {@link sentencesIn} reads the numbers back, whatever became of the Markdown.
 *
 * @example
 * sentencesIn(writtenText({ characters: 2_000 })); // [1, 2, 3, …]
 */
export function writtenText({ characters, bytes = 0, seed = 1, after = 0 }: WritingOptions): string {
  const measure = characters === undefined ? utf8Length : lengthOf;
  const wanted = characters ?? bytes;
  const next = randomNumbers(seed);
  const room = wanted - measure(END);
  let text = "";
  let used = 0;
  for (let number = 1; ; number++) {
    const sentence = sentenceOf(number, next);
    const size = measure(sentence);
    if (used + size > room) break;
    if (number > after) text += sentence;
    used += size;
  }
  const end = room < 0 ? "" : END;
  return text + fillerOf(wanted - used - measure(end), measure) + end;
}

/** The numbers of the sentences in a text, in the order in which they stand there. */
export function sentencesIn(text: string): readonly number[] {
  return Array.from(text.matchAll(/第(\d+)句/g), ([, number]) => Number(number));
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Filler of exactly that measure; where no character of it fits, dots. */
function fillerOf(size: number, measure: (text: string) => number): string {
  const one = measure(FILLER) / FILLER.length;
  const whole = Math.floor(size / one);
  const filler = FILLER.repeat(Math.ceil(whole / FILLER.length)).slice(0, whole);
  return filler + ".".repeat(size - whole * one);
}

function sentenceOf(number: number, next: (below: number) => number): string {
  const pick = (words: readonly string[]): string => words[next(words.length)] ?? "";
  const words = `${pick(SUBJECTS)}${pick(VERBS)}**${pick(ENDS)}**`;
  const sentence = `第${number}句：${words}。`;
  const heading =
    number % SENTENCES_IN_SECTION === 1 ? `## 小节 ${Math.ceil(number / SENTENCES_IN_SECTION)}\n\n` : "";
  switch (number % SENTENCES_IN_SECTION) {
    case 3:
    case 4:
      return `- ${sentence}\n`;
    case 5:
      return `\n\`第${number}句\` 里有[链接](https://example.com/${number})和 \`code\`。\n\n`;
    case 6:
      return `\`\`\`js\nconsole.log("第${number}句");\n\`\`\`\n\n`;
    case 0:
      return `${sentence}\n\n`;
    default:
      return heading + sentence;
  }
}

/** Numbers that look random and are always the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, MULTIPLIER) + INCREMENT) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
