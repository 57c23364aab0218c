import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ThinkingFilter,
  type ThinkingOptions,
  withoutThinking,
} from "../../../src/handlers/text/thinking.ts";

function streamed(pieces: Iterable<string>, options?: ThinkingOptions): string {
  const filter = new ThinkingFilter(options);
  let out = "";
  for (const piece of pieces) out += filter.push(piece);
  return out + filter.end();
}

const samples = [
  {
    what: "thoughts before the answer",
    text: "<think>\nHm, 1+1…\n</think>\n\n答案是 2。",
    answer: "答案是 2。",
  },
  { what: "no thoughts in the tags, as Qwen3 writes", text: "<think>\n\n</think>\n\n你好", answer: "你好" },
  { what: "white space before them", text: "\n\n<think>a</think>b", answer: "b" },
  { what: "the other name, in capitals", text: "<THINKING>a</Thinking> b", answer: "b" },
  { what: "thoughts amid the answer", text: "one\n\n<think>x</think>\n\ntwo", answer: "one\n\ntwo" },
  { what: "thoughts that do not end", text: "a <think>so long", answer: "a " },
  { what: "nothing but thoughts", text: "<think>a</think>\n", answer: "" },
  { what: "thoughts about thoughts", text: "<think>the <think> tag</think>b", answer: "b" },
  {
    what: "a tag that is spoken of",
    text: "Use `<think>` and `</think>`.",
    answer: "Use `<think>` and `</think>`.",
  },
  { what: "an answer alone", text: "  just <b>this</b> <thin", answer: "  just <b>this</b> <thin" },
  { what: "nothing", text: "", answer: "" },
  { what: "white space", text: " \n", answer: " \n" },
  { what: "other tags", text: "<thinker>a</thinker> <thinks>", answer: "<thinker>a</thinker> <thinks>" },
];

describe("the answer without the thoughts", () => {
  test.each(samples)("$what", ({ text, answer }) => {
    expect(withoutThinking(text)).toBe(answer);
    expect(streamed(text)).toBe(answer);
  });

  const omitted = [
    { what: "thoughts without a beginning", text: "Okay, the user…\n</think>\n\n答案", answer: "答案" },
    { what: "thoughts that begin after all", text: "<think>a</think>b", answer: "b" },
    { what: "begun thoughts that do not end", text: "\n<think>a", answer: "" },
    { what: "an answer without thoughts", text: " plain answer\n", answer: " plain answer\n" },
    { what: "thoughts after the answer has begun", text: "well <think>a</think> b", answer: "well b" },
    { what: "thoughts only", text: "a</think>", answer: "" },
    { what: "a second end", text: "a</think>b</think>c", answer: "bc" },
  ];
  test.each(omitted)("where the opening tag stood in the prompt: $what", ({ text, answer }) => {
    expect(streamed(text, { openingOmitted: true })).toBe(answer);
    if (text.includes("</think>") || text.includes("answer")) expect(withoutThinking(text)).toBe(answer);
  });

  test("cannot take back what was given, and drops the tag", () => {
    expect(streamed("thoughts</think> answer")).toBe("thoughts answer");
    expect(withoutThinking("thoughts</think> answer")).toBe("answer");
  });

  test("is given at once up to what could become a tag", () => {
    const filter = new ThinkingFilter();
    expect(filter.push("a<")).toBe("a");
    expect(filter.push("b</thin")).toBe("<b");
    expect(filter.push("g>")).toBe("</thing>");
  });

  test("is the same in whatever pieces it comes", () => {
    const scrap = fc.constantFrom(
      "<think>",
      "</think>",
      "<THINKING>",
      "</thinking>",
      "`",
      "<",
      "th",
      "\n",
      " ",
      "字",
      "a",
    );
    fc.assert(
      fc.property(
        fc.array(scrap, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (scraps, lengths, openingOmitted) => {
          const text = scraps.join("");
          const cut: string[] = [];
          for (let at = 0, n = 0; at < text.length; n++) {
            const length = lengths[n % lengths.length] ?? 1;
            cut.push(text.slice(at, at + length));
            at += length;
          }
          const whole = streamed([text], { openingOmitted });
          expect(streamed(cut, { openingOmitted })).toBe(whole);
          expect(streamed(text, { openingOmitted })).toBe(whole);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
