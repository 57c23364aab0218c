/** A list of words that must not be said, all found in one pass over a text. */
import { AhoCorasick } from "@monyone/aho-corasick/fast";

/** What nobody sees: zero-width characters, soft hyphens, marks of direction, variants of a glyph, controls. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|(?!\s)\p{Cc}/gu;
/** Strokes, dots and rings over a character that is none with them: 赌̶ is still 赌. */
const DECORATION = /(?=\p{Script=Inherited})\p{M}/gu;
const BLANKS = /\s+/g;

/**
 * A text as it is compared: without what nobody sees, compatibility forms (full and half width, ligatures, circled
 * letters) as plain ones, capitals as small letters, and any white space as one blank. Folding twice is folding once.
 */
export function foldText(text: string): string {
  const plain = text.toWellFormed().replace(UNSEEN, "").normalize("NFKC");
  const small = plain.toUpperCase().toLowerCase().replaceAll("ς", "σ");
  return small.normalize("NFKC").replace(DECORATION, "").normalize("NFKC").replace(BLANKS, " ");
}

/** Compiled words. A text is searched in time that grows with its length, however many words there are. */
export class WordList {
  /** As they were given. */
  readonly words: readonly string[];
  /** Of the longest word, folded, in UTF-16 units; 0 when there is none. */
  readonly longest: number;
  readonly #matcher: AhoCorasick | undefined;

  /** Words of which nothing is left to compare are passed over. */
  constructor(words: readonly string[]) {
    this.words = words;
    const folded = [...new Set(words.map((word) => foldText(word).trim()))].filter((word) => word !== "");
    this.longest = folded.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (folded.length > 0) this.#matcher = new AhoCorasick(folded);
  }

  /** Whether a folded text says one of the words, in the middle of another word or not. */
  isIn(folded: string): boolean {
    return this.#matcher?.hasKeywordInText(folded) ?? false;
  }

  /** Whether it is made of the same words. */
  isOf(words: readonly string[]): boolean {
    if (words === this.words) return true;
    return words.length === this.words.length && words.every((word, index) => word === this.words[index]);
  }
}
