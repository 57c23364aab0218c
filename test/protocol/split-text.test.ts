import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitText, TextSplitter } from "../../src/protocol/split-text.ts";
import { utf8Length } from "../../src/protocol/utf8.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What people and models write, and what is hard to cut. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("你好，世界。", "这是一句话！", "The end. ", "word ", "3.14", "1. item"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom("\n", "\n\n", " ", "\t", "\u3000", "\n    code();", "  \n \n", "…", "“好。”"),
  },
  { weight: 2, arbitrary: fc.constantFrom("👨‍👩‍👧‍👦", "👍🏽", "🇨🇳🇫🇷", "é", "한국", "नमस्ते", "שלום", "مرحبا", "⚠️") },
  { weight: 2, arbitrary: fc.constantFrom("&amp;", "&#128512;", "&#x1f600;", "& ", "&nbsp;&nbsp;", "AT&T;") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(`<a href="https://a.b/c?d=1&e=2">链接 label.</a>`, "<a ", "</a>", "a<b"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
);
const anyText = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(""));
const anySize = fc.integer({ min: 4, max: 200 });

function bare(text: string): string {
  return text.replace(/\s+/g, "");
}

/** Where each part begins and ends in the text it comes from. */
function spans(text: string, parts: readonly string[]): { start: number; end: number }[] {
  let from = 0;
  return parts.map((part) => {
    const start = text.indexOf(part, from);
    expect(start, `part ${JSON.stringify(part)}`).toBeGreaterThanOrEqual(0);
    expect(text.slice(from, start).trim()).toBe("");
    from = start + part.length;
    return { start, end: from };
  });
}

describe("any text", () => {
  test("arrives whole and in order but for the white space at a cut, and no part is too long", () => {
    fc.assert(
      fc.property(anyText, anySize, (text, size) => {
        const parts = splitText(text, size);
        for (const part of parts) expect(utf8Length(part)).toBeLessThanOrEqual(size);
        expect(bare(parts.join(""))).toBe(bare(text));
        const last = spans(text, parts).at(-1);
        expect(text.slice(last?.end).trim()).toBe("");
        if (utf8Length(text) <= size) expect(parts).toEqual([text]);
      }),
      { numRuns: 500 },
    );
  });

  test("is cut alike in whatever pieces it comes", () => {
    fc.assert(
      fc.property(anyText, anySize, fc.array(fc.integer({ min: 1, max: 40 })), (text, size, lengths) => {
        const splitter = new TextSplitter(size);
        const parts: string[] = [];
        for (let at = 0, n = 0; at < text.length; n++) {
          const length = lengths[n % lengths.length] ?? 1;
          parts.push(...splitter.push(text.slice(at, at + length)));
          at += length;
        }
        parts.push(...splitter.end());
        const whole = splitText(text, size);
        expect(parts).toEqual(whole[0] === "" ? [] : whole);
        expect(splitter.pending).toBe("");
      }),
      { numRuns: 500 },
    );
  });

  test("leaves room in every part that others follow", () => {
    fc.assert(
      fc.property(anyText, anySize, fc.integer({ min: 4, max: 200 }), (text, size, partSize) => {
        const parts = splitText(text, size, partSize);
        const last = parts.pop() ?? "";
        for (const part of parts) expect(utf8Length(part)).toBeLessThanOrEqual(Math.min(size, partSize));
        expect(utf8Length(last)).toBeLessThanOrEqual(size);
        expect(bare(parts.join("") + last)).toBe(bare(text));
        if (utf8Length(text) <= size) expect(last).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("is never cut inside what a reader sees as one character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 60, max: 200 }), (text, size) => {
        const starts = new Set([text.length]);
        let largest = 0;
        for (const { index, segment } of graphemes.segment(text)) {
          starts.add(index);
          largest = Math.max(largest, utf8Length(segment));
        }
        fc.pre(largest <= 30);
        for (const { start, end } of spans(text, splitText(text, size))) {
          expect(starts).toContain(start);
          expect(starts).toContain(end);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("keeps its links and entities whole", () => {
    const link = `<a href="https://example.com/?q=1&amp;r=2">一个 link, here. Yes</a>`;
    const harmless = fc.constantFrom(
      "你好，世界。",
      "word. ",
      "\n\n",
      "👨‍👩‍👧‍👦",
      "a<b ",
      "and ",
      link,
      link,
      "&quot;",
    );
    fc.assert(
      fc.property(
        fc.array(harmless, { maxLength: 60 }),
        fc.integer({ min: 80, max: 300 }),
        (pieces, size) => {
          const parts = splitText(pieces.join(""), size);
          const count = (found: string) => parts.join("\u0000").split(found).length - 1;
          expect(count(link)).toBe(pieces.filter((one) => one === link).length);
          expect(count("&quot;")).toBe(pieces.filter((one) => one === "&quot;").length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("can be sent at any time up to the last sentence, and nothing is lost", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, fc.boolean())), anySize, (pieces, size) => {
        const splitter = new TextSplitter(size);
        const parts: string[] = [];
        for (const [text, flush] of pieces) {
          parts.push(...splitter.push(text));
          const now = flush ? splitter.flush() : undefined;
          if (now !== undefined) parts.push(now);
        }
        parts.push(...splitter.end());
        expect(bare(parts.join(""))).toBe(bare(pieces.map(([text]) => text).join("")));
        for (const part of parts) expect(part.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a part ends", () => {
  const cases = [
    {
      with: "a paragraph",
      text: "第一段。第二句。\n\n第三段在这里",
      size: 30,
      parts: ["第一段。第二句。", "第三段在这里"],
    },
    { with: "a line", text: "alpha, beta.\ngamma. delta", size: 20, parts: ["alpha, beta.", "gamma. delta"] },
    {
      with: "a sentence",
      text: "他说：“走。”然后走了很远",
      size: 24,
      parts: ["他说：“走。”", "然后走了很远"],
    },
    { with: "a clause", text: "one two three, four five", size: 20, parts: ["one two three,", "four five"] },
    { with: "a word", text: "alphabet soup letters", size: 16, parts: ["alphabet soup", "letters"] },
    { with: "a character", text: "字".repeat(5), size: 10, parts: ["字字字", "字字"] },
    { with: "a family", text: "ab👨‍👩‍👧‍👦👨‍👩‍👧‍👦", size: 30, parts: ["ab👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"] },
    {
      with: "no number of a list",
      text: "some words 1.5 and 1. item",
      size: 22,
      parts: ["some words 1.5 and 1.", "item"],
    },
    { with: "an indented line", text: "if (a) {\n    b();\n}", size: 12, parts: ["if (a) {", "    b();\n}"] },
  ];
  test.each(cases)("with $with", ({ text, size, parts }) => {
    expect(splitText(text, size)).toEqual(parts);
  });

  test("not after the number of a list's item", () => {
    expect(splitText(`12345678 abcdefg\n1. ${"x".repeat(12)}`, 26)).toEqual([
      "12345678 abcdefg",
      `1. ${"x".repeat(12)}`,
    ]);
  });

  test("inside a link or a character only when that has no room in any part", () => {
    const parts = splitText(`<a href="https://example.com/">${"很长的名字。".repeat(20)}</a>`, 100);
    expect(parts.every((part) => utf8Length(part) <= 100)).toBe(true);
    const zalgo = `e${"\u0301".repeat(50)}`;
    expect(splitText(zalgo, 20).join("")).toBe(zalgo);
  });
});

describe("the splitter", () => {
  test("gives a part as soon as it is full", () => {
    const splitter = new TextSplitter(60);
    const given: number[] = [];
    for (let n = 1; n <= 12; n++) {
      if (splitter.push("十个字的一句话就好。").length > 0) given.push(n);
    }
    // Two sentences have room in a part, and two thirds of another have to be seen before its end is certain.
    expect(given).toEqual([7, 9, 11]);
    expect(splitter.pending.length).toBeLessThan(70);
  });

  test("has nothing worth sending before a sentence has ended", () => {
    const splitter = new TextSplitter();
    splitter.push("Half a sentence, 3.");
    expect(splitter.flush()).toBeUndefined();
    splitter.push("14 of it. The next <a href='x'>one.");
    expect(splitter.flush()).toBe("Half a sentence, 3.14 of it.");
    expect(splitter.flush()).toBeUndefined();
    expect(splitter.end()).toEqual(["The next <a href='x'>one."]);
  });

  test("refuses parts in which not every character has room", () => {
    expect(() => new TextSplitter(3)).toThrow(RangeError);
    expect(() => splitText("a long text", Number.NaN)).toThrow(/at least/);
  });

  test("gives an empty text back, and a blank one", () => {
    expect(splitText("")).toEqual([""]);
    expect(splitText("  \n")).toEqual(["  \n"]);
    expect(splitText(" ".repeat(5000))).toEqual([""]);
  });
});
