/** The smallest files of the formats that WeChat knows, and of some that it does not. */

/** Characters as bytes of the same numbers. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

/** The file with zeros after it, up to that size. */
export function padded(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(size);
  file.set(bytes);
  return file;
}

export const PNG = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "base64",
  ),
);
export const GIF = Uint8Array.from(Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", "base64"));
export const JPEG = bytesOf("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9");
export const BMP = padded(bytesOf("BM\x3a\x00\x00\x00"), 58);
export const WEBP = bytesOf(
  "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00",
);
export const MP4 = bytesOf("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08free");
export const WMA = padded(bytesOf("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"), 64);

const AMR_FRAMES_PER_SECOND = 50;
/** 12.2 kbit/s: a byte of type and 31 of sound. */
const AMR_FRAME = padded(Uint8Array.of(0x3c), 32);

/** An AMR file that plays so many seconds. */
export function amr(seconds: number): Uint8Array<ArrayBuffer> {
  const frames = Array.from({ length: Math.ceil(seconds * AMR_FRAMES_PER_SECOND) }, () => AMR_FRAME);
  return Uint8Array.from(Buffer.concat([bytesOf("#!AMR\n"), ...frames]));
}

/** MPEG 1, layer III, 32 kbit/s, 32 kHz: 144 bytes for 1152 samples. */
const MP3_FRAME = padded(Uint8Array.of(0xff, 0xfb, 0x18, 0xc4), 144);
const MP3_SAMPLES = 1_152;
const MP3_RATE = 32_000;
const ID3 = padded(bytesOf("ID3\x04\x00\x00\x00\x00\x01\x00"), 138);

/** An MP3 file with a tag before it, that plays so many seconds, a frame of 36 ms at most less. */
export function mp3(seconds: number): Uint8Array<ArrayBuffer> {
  const frames = Array.from({ length: Math.floor((seconds * MP3_RATE) / MP3_SAMPLES) }, () => MP3_FRAME);
  return Uint8Array.from(Buffer.concat([ID3, ...frames]));
}

/** A WAV file of silence that plays so many seconds. */
export function wav(seconds: number): Uint8Array<ArrayBuffer> {
  const byteRate = 8_000;
  const file = padded(bytesOf("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"), 44);
  new DataView(file.buffer).setUint32(28, byteRate, true);
  return padded(file, 44 + Math.ceil(seconds * byteRate));
}

/** The types of media that a file of a format may be. */
export interface AllowedAs {
  readonly temporary: readonly string[];
  readonly permanent: readonly string[];
}

const both = (...types: readonly string[]): AllowedAs => ({ temporary: types, permanent: types });

/** A file of each format: its extension, and what it may be uploaded as. */
export const ALL_FORMATS: readonly (readonly [string, Uint8Array<ArrayBuffer>, AllowedAs])[] = [
  ["png", PNG, both("image")],
  ["jpg", JPEG, both("image", "thumb")],
  ["gif", GIF, both("image")],
  ["bmp", BMP, { temporary: [], permanent: ["image"] }],
  ["webp", WEBP, both()],
  ["amr", amr(1), both("voice")],
  ["mp3", mp3(1), both("voice")],
  ["wma", WMA, { temporary: [], permanent: ["voice"] }],
  ["wav", wav(1), { temporary: [], permanent: ["voice"] }],
  ["mp4", MP4, both("video")],
];
