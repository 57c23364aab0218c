import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readableText, ReadableTextStream } from "../../../src/handlers/text/readable-text.ts";

const inputs = import.meta.glob<string>("../../vectors/markdown/*.md", {
  query: "?raw",
  import: "default",
  eager: true,
});
const outputs = import.meta.glob<string>("../../vectors/markdown/*.txt", {
  query: "?raw",
  import: "default",
  eager: true,
});
const samples = Object.entries(inputs).map(([path, markdown]) => ({
  name: path.replace(/^.*\/|\.md$/g, ""),
  markdown,
  text: outputs[path.replace(/\.md$/, ".txt")],
}));

/** What the stream gives for these pieces. */
function streamed(parts: Iterable<string>): string {
  const stream = new ReadableTextStream();
  let out = "";
  for (const part of parts) out += stream.push(part);
  return out + stream.end();
}

/** The text cut after `at` bytes of UTF-8, as a decoder gives it. */
function* cutAfter(bytes: Uint8Array, at: number): Generator<string> {
  const decoder = new TextDecoder();
  yield decoder.decode(bytes.subarray(0, at), { stream: true });
  yield decoder.decode(bytes.subarray(at));
}

function pieces(text: string, lengths: readonly number[]): string[] {
  const found: string[] = [];
  for (let at = 0, n = 0; at < text.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    found.push(text.slice(at, at + length));
    at += length;
  }
  return found;
}

const SIGNS =
  "* ** *** _ __ ~~ ` `` ``` ~~~ # ## > >> - + 1. 2) [ ] ( ) ![ ](https://a.b/c) [^1] [^1]: | |---| $ $$ \\( \\) \\[ \\] \\* <br> <b> </b> <a <!-- --> &amp; &";
const GAPS = ["\n", "\n", "\n", "\n\n", " ", "  ", "    ", "\t", "\r\n"];
const LINES = ["---", "===", "| a | b |\n|---|---|\n", "- [ ] ", "  - "];
const WORDS = [
  "字",
  "文字。",
  "一句相当长的话。",
  "word",
  "A sentence. ",
  "…",
  "”",
  "👨‍👩‍👧‍👦",
  "“",
  "5",
  "文".repeat(170),
];
/** All that markdown is made of, in any order. */
const anyScrap = fc.constantFrom(...SIGNS.split(" "), ...GAPS, ...LINES, ...WORDS);
const soup = fc.array(anyScrap, { maxLength: 60 }).map((scraps) => scraps.join(""));

describe("samples of what models write", () => {
  test("are there", () => expect(samples.length).toBeGreaterThan(7));

  test.each(samples)("$name", ({ markdown, text }) => {
    expect(readableText(markdown)).toBe(text);
  });

  test.each(samples)("$name, cut after any byte", ({ markdown, text }) => {
    const bytes = new TextEncoder().encode(markdown);
    for (let at = 1; at < bytes.length; at++) {
      const out = streamed(cutAfter(bytes, at));
      if (out !== text) expect(out, `cut after byte ${at}`).toBe(text);
    }
  });

  test.each(samples)(
    "$name, one character at a time, with the line ends of Windows",
    ({ markdown, text }) => {
      expect(streamed(markdown.replaceAll("\n", "\r\n"))).toBe(text);
    },
  );
});

describe("anything at all", () => {
  test("gives the same in whatever pieces it comes", () => {
    fc.assert(
      fc.property(soup, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (markdown, lengths) => {
        expect(streamed(pieces(markdown, lengths))).toBe(readableText(markdown));
      }),
      { numRuns: 2000 },
    );
  });

  test("names its pictures in order, each whole in one piece, wherever it is cut", () => {
    const picture = fc.constantFrom(
      "![山](https://a.b/1.png)",
      '<img src="https://a.b/2.png">',
      " ![](data:x#1) ",
    );
    const drawn = fc
      .array(fc.oneof({ weight: 3, arbitrary: anyScrap }, picture), { maxLength: 40 })
      .map((scraps) => scraps.join(""));
    const read = (parts: readonly string[]): string[] => {
      let count = 0;
      const stream = new ReadableTextStream((alt, address) => `⟦${++count} ${alt} ${address}⟧`);
      return [...parts.map((part) => stream.push(part)), stream.end()];
    };
    fc.assert(
      fc.property(drawn, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (markdown, lengths) => {
        const pieced = read(pieces(markdown, lengths));
        expect(pieced.join("")).toBe(read([markdown]).join(""));
        for (const one of pieced) expect(one.split("⟦").length).toBe(one.split("⟧").length);
      }),
      { numRuns: 1000 },
    );
  });

  test("never leaves a link that is not one of the web", () => {
    const address = fc.constantFrom(
      "weixin://x",
      "javascript:alert(1)",
      "data:text/html,x",
      "JaVaScRiPt:x",
      "//x.y",
    );
    const form = fc.constantFrom(
      (to: string) => `[words](${to})`,
      (to: string) => `[words](<${to}>)`,
      (to: string) => `<a href="${to}">words</a>`,
      (to: string) => `![words](${to})`,
    );
    fc.assert(
      fc.property(address, form, (to, write) => {
        expect(readableText(write(to))).not.toContain("<a");
      }),
    );
  });

  test.each([
    ["brackets", "["],
    ["images", "!["],
    ["quotations", ">"],
    ["back-ticks", "` `` ``` "],
    ["asterisks", "*a "],
    ["emphasis", "*a_b**c "],
    ["tags", "<a href='x'>"],
    ["comments", "<!-- "],
    ["formulas", "\\( $a "],
    ["items", "- "],
    ["links", "[a](b"],
    ["cells", "|"],
    ["fences", "```\n> ```\n"],
    ["sentences that end in open markup", "*字。字"],
  ])("is read in time: %s", (_, scrap) => {
    const began = performance.now();
    readableText(scrap.repeat(Math.ceil(30_000 / scrap.length)));
    streamed(pieces(scrap.repeat(Math.ceil(10_000 / scrap.length)), [5]));
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("text that is no markdown", () => {
  const word = fc.constantFrom(
    "你好",
    "，",
    "。",
    "Hello",
    "world",
    "3",
    "4.5",
    "a_b",
    "file_name.txt",
    "AT&T",
    "5%",
    "(x)",
    "#话题#",
    "😀",
    "+86",
    "→",
  );
  const sign = fc.constantFrom(
    " ",
    " ",
    "\n",
    "\n\n",
    "\n\n\n",
    " * ",
    " < ",
    " > ",
    " & ",
    " = ",
    "、",
    "\n　　",
    "：",
    " - ",
    "…",
  );
  const plain = fc
    .array(fc.tuple(word, sign), { maxLength: 80 })
    .map((parts) => parts.flat().join(""))
    // An item's marker, a rule, a quotation or code at the beginning of a line is markdown; blanks that end it are a hard break.
    .filter((text) => !/^ *(?:[*+>=-]|\d+[.)])[ \t]|^ {4}|^ *[-=]+ *$| {2,}$/m.test(text));

  test("stays as it is", () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(readableText(text)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test("stays so when it was made of markdown, but for what code and escapes protected", () => {
    for (const { name, text = "" } of samples) {
      if (["zh-comparison", "plain", "en-explainer"].includes(name))
        expect(readableText(text), name).toBe(text);
    }
  });

  test("is nothing when there is nothing", () => {
    expect(readableText("")).toBe("");
    expect(readableText("\n\n")).toBe("\n\n");
  });
});

describe("a stream", () => {
  test("gives a list line by line, and a paragraph when it is over", () => {
    const stream = new ReadableTextStream();
    expect(stream.push("# 标")).toBe("");
    expect(stream.push("题\n一段**话")).toBe("【标题】");
    expect(stream.push("**还没完\n")).toBe("");
    expect(stream.push("- 一\n")).toBe("\n一段话还没完");
    expect(stream.push("- 二\n")).toBe("\n• 一");
    expect(stream.end()).toBe("\n• 二\n");
  });

  test("gives code line by line", () => {
    const stream = new ReadableTextStream();
    expect(stream.push("```js\nlet a;\n")).toBe("let a;");
    expect(stream.push("let b;\n```\n")).toBe("\nlet b;");
    expect(stream.end()).toBe("\n");
  });

  test("gives a long paragraph sentence by sentence, but not inside bold words", () => {
    const sentence = "这是一个大约有二十个字的句子，写在段落里。";
    const stream = new ReadableTextStream();
    const first = [...Array.from({ length: 12 }, () => sentence).join("")]
      .map((c) => stream.push(c))
      .join("");
    expect(first).toBe(sentence.repeat(8));
    expect(stream.push(sentence.repeat(4))).toBe("");
    expect(stream.push("**粗体。里面")).toBe("");
    expect(stream.push("的**字。完")).toBe(`${sentence.repeat(8)}粗体。里面的字。`);
    expect(stream.end()).toBe("完");
  });

  test("holds a table until it is over", () => {
    const stream = new ReadableTextStream();
    expect(stream.push("| 名 | 值 |\n|---|---|\n| a | 1 |\n")).toBe("");
    expect(stream.push("\n")).toBe("名 | 值\na | 1\n");
  });
});
