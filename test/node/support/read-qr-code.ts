/** Reads a QR code of version 3 as a phone does, by the standard: ISO/IEC 18004. */

const VERSION_3_MODULES = 29;
const BYTE_MODE = 4;
/** The eight masks, by row and column. */
const MASKS: readonly ((r: number, c: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];
/** What the three bits of the mask are hidden by. */
const FORMAT_MASK = 0b101;

/** The text of a picture that is drawn with squares of 10 and a quiet zone of 4 modules. */
export function readQrCode(svg: string): string {
  const dark = new Set([...svg.matchAll(/M(\d+),(\d+)h10v10h-10z/g)].map(([, x, y]) => `${y} ${x}`));
  const isDark = (r: number, c: number): boolean => dark.has(`${(r + 4) * 10} ${(c + 4) * 10}`);
  const maskBits = [2, 3, 4].map((c) => Number(isDark(8, c))).join("");
  const mask = MASKS[Number.parseInt(maskBits, 2) ^ FORMAT_MASK];
  const bits = path()
    .map(([r, c]) => Number(isDark(r, c) !== mask?.(r, c)))
    .join("");
  const number = (at: number, length: number): number => Number.parseInt(bits.slice(at, at + length), 2);
  if (number(0, 4) !== BYTE_MODE) throw new Error(`mode ${number(0, 4)}`);
  const length = number(4, 8);
  return Buffer.from(Array.from({ length }, (_, byte) => number(12 + byte * 8, 8))).toString();
}

/** Where the data's modules are, in their order: up and down in columns of two, from the right. */
function path(): [r: number, c: number][] {
  const modules: [number, number][] = [];
  let upwards = true;
  for (let right = VERSION_3_MODULES - 1; right > 0; right -= right === 8 ? 3 : 2) {
    for (let step = 0; step < VERSION_3_MODULES; step++) {
      const r = upwards ? VERSION_3_MODULES - 1 - step : step;
      for (const c of [right, right - 1]) if (!isFixed(r, c)) modules.push([r, c]);
    }
    upwards = !upwards;
  }
  return modules;
}

/** Finders with their formats, timing, alignment. */
function isFixed(r: number, c: number): boolean {
  const far = VERSION_3_MODULES - 8;
  const inFinder = (r < 9 && c < 9) || (r < 9 && c >= far) || (r >= far && c < 9);
  const inAlignment = Math.abs(r - 22) <= 2 && Math.abs(c - 22) <= 2;
  return inFinder || inAlignment || r === 6 || c === 6;
}
