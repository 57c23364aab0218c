/** A certificate made on the spot, so that no private key lies in the repository and nobody needs openssl. */
import { generateKeyPairSync, sign } from "node:crypto";

/** A self-signed certificate and its key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** DER's tags: X.690, section 8. */
const TAG = { integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 23, sequence: 48, set: 49 } as const;
/** Object identifiers, already encoded. */
const OID = { commonName: "550403", subjectAltName: "551d11", ecdsaWithSha256: "2a8648ce3d040302" } as const;
const VALID_FROM = "250101000000Z";
const VALID_UNTIL = "491231235959Z";
/** `dNSName` among the general names of RFC 5280. */
const DNS_NAME_TAG = 0x82;

/** From when to when a certificate holds, as UTCTime: `YYMMDDhhmmssZ`. */
export interface Validity {
  readonly from?: string;
  readonly until?: string;
}

/** Makes a certificate that is valid for `host` and nothing else. */
export function certificateFor(
  host: string,
  { from = VALID_FROM, until = VALID_UNTIL }: Validity = {},
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256));
  const commonName = der(TAG.sequence, oid(OID.commonName), der(TAG.utf8, Buffer.from(host)));
  const name = der(TAG.sequence, der(TAG.set, commonName));
  const times = [from, until].map((time) => der(TAG.time, Buffer.from(time)));
  const names = der(TAG.sequence, der(DNS_NAME_TAG, Buffer.from(host)));
  const extension = der(TAG.sequence, oid(OID.subjectAltName), der(TAG.octets, names));
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Buffer.from([2]))), // version 3
    der(TAG.integer, Buffer.from([1])),
    algorithm,
    name,
    der(TAG.sequence, ...times),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(TAG.sequence, extension)),
  );
  const signature = der(TAG.bits, Buffer.from([0]), sign("sha256", body, privateKey));
  const certificate = der(TAG.sequence, body, algorithm, signature).toString("base64");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, "hex"));
}

/** One element of DER: tag, length, and what is in it. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
