/**
 * QR codes as PNG pictures: one bit a pixel, black and white.
 *
 * @see https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync } from "node:zlib";
import { encode } from "uqr";

const PIXELS_PER_MODULE = 10;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bit depth 1, greyscale, and the only compression, filter and order that there are. */
const FORMAT = Uint8Array.of(1, 0, 0, 0, 0);
const NO_FILTER = 0;

/**
 * Draws what `text` says.
 *
 * @param border modules of white around the code
 */
export function qrPng(text: string, border: number): Uint8Array {
  const { data, size } = encode(text, { border });
  const width = size * PIXELS_PER_MODULE;
  const rows = data.flatMap((modules) => {
    const row = pixelRow(modules, width);
    return Array<Uint8Array>(PIXELS_PER_MODULE).fill(row);
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([number(width), number(rows.length), FORMAT])),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** A byte for the filter, then a bit a pixel: 1 is white. */
function pixelRow(modules: readonly boolean[], width: number): Uint8Array {
  const row = new Uint8Array(1 + Math.ceil(width / 8));
  row[0] = NO_FILTER;
  for (let x = 0; x < width; x++) {
    if (modules[Math.floor(x / PIXELS_PER_MODULE)] === true) continue;
    const at = 1 + (x >> 3);
    row[at] = (row[at] ?? 0) | (0x80 >> (x & 7));
  }
  return row;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([number(content.length), named, number(crc32(named))]);
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
