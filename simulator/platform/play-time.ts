/** How long a sound plays, told from its frames: WeChat takes voices of up to a minute. */

/** Bytes of a frame of 20 ms after its first one, by frame type. */
const AMR_FRAME_BYTES = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0];
const AMR_WB_FRAME_BYTES = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0];
const AMR_FRAMES_PER_SECOND = 50;
const AMR_MAGIC = "#!AMR\n";
const AMR_WB_MAGIC = "#!AMR-WB\n";

/** In kbit/s, layer III, by the four bits of a frame header. */
const MPEG_1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG_2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** In Hz, by the two bits of version (2.5, reserved, 2, 1) and of rate. */
const SAMPLE_RATES = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]];
const MPEG_1 = 3;
const ID3_HEADER_BYTES = 10;

const WAV_BYTE_RATE_AT = 28;
const WAV_HEADER_BYTES = 44;

/** Seconds that an AMR, MP3 or WAV file plays; `undefined` for files of other formats. */
export function playTimeOf(bytes: Uint8Array): number | undefined {
  if (startsWith(bytes, 0, AMR_MAGIC)) return amrSeconds(bytes, AMR_MAGIC.length, AMR_FRAME_BYTES);
  if (startsWith(bytes, 0, AMR_WB_MAGIC)) return amrSeconds(bytes, AMR_WB_MAGIC.length, AMR_WB_FRAME_BYTES);
  if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WAVE")) return wavSeconds(bytes);
  if (startsWith(bytes, 0, "ID3") || bytes[0] === 0xff) return mp3Seconds(bytes);
  return undefined;
}

function startsWith(bytes: Uint8Array, at: number, mark: string): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + mark.length)) === mark;
}

function amrSeconds(bytes: Uint8Array, start: number, frameBytes: readonly number[]): number {
  let frames = 0;
  for (let at = start; at < bytes.length; frames++) at += 1 + (frameBytes[((bytes[at] ?? 0) >> 3) & 15] ?? 0);
  return frames / AMR_FRAMES_PER_SECOND;
}

function wavSeconds(bytes: Uint8Array): number {
  if (bytes.length < WAV_HEADER_BYTES) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const byteRate = view.getUint32(WAV_BYTE_RATE_AT, true);
  return byteRate === 0 ? 0 : (bytes.length - WAV_HEADER_BYTES) / byteRate;
}

function mp3Seconds(bytes: Uint8Array): number {
  let seconds = 0;
  let at = startsWith(bytes, 0, "ID3") ? ID3_HEADER_BYTES + id3Bytes(bytes) : 0;
  for (;;) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (first !== 0xff || second < 0xe0) return seconds;
    const version = (second >> 3) & 3;
    const rate = SAMPLE_RATES[version]?.[(third >> 2) & 3];
    const kbps = (version === MPEG_1 ? MPEG_1_KBPS : MPEG_2_KBPS)[third >> 4];
    if (rate === undefined || kbps === undefined || kbps === 0) return seconds;
    const samples = version === MPEG_1 ? 1_152 : 576;
    seconds += samples / rate;
    at += Math.floor((samples * kbps * 125) / rate) + ((third >> 1) & 1);
  }
}

/** The length of an ID3 tag: four times seven bits. */
function id3Bytes(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, ID3_HEADER_BYTES);
  return (a << 21) | (b << 14) | (c << 7) | d;
}
