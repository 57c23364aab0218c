/** The simulated model's tokens: one CJK character or sign, or up to four letters of a word with the space before. */

const TOKEN = /\s?[A-Za-z0-9]{1,4}|[\s\S]/gu;

/** The tokens of a text; joined they are the text again, and none cuts a character. */
export function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/** Puts so many tokens each into one piece. */
export function piecesOf(tokens: readonly string[], tokensPerPiece: number): readonly string[] {
  return Array.from({ length: Math.ceil(tokens.length / tokensPerPiece) }, (_, at) =>
    tokens.slice(at * tokensPerPiece, (at + 1) * tokensPerPiece).join(""),
  );
}
