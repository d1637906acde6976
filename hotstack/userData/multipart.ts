import { createHash } from "node:crypto";

/** One part of a multipart message. */
export interface Part {
  content: string;
  /** `text/{subtype}`; `plain` where it is empty and there is no file name. */
  subtype: string;
  fileName: string;
}

/**
 * The message that Heat's MultipartMime makes of its parts, byte for byte but for the boundary:
 * Python's is random, ours a hash of the parts, so that nothing changes that has not changed.
 *
 * Source: Heat `engine/resources/openstack/heat/multi_part.py`; Python `email/generator.py`.
 */
export function multipart(parts: readonly Part[]): string {
  const bodies = parts.map(partText);
  const boundary = boundaryFor(bodies);
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n`;
  const body = bodies.map((text) => `--${boundary}\n${text}\n`).join("");
  // Python writes one empty part where there is none.
  return `${head}${body === "" ? `--${boundary}\n\n` : body}--${boundary}--\n`;
}

function partText({ content, subtype, fileName }: Part): string {
  const isAscii = /^[\0-\x7f]*$/.test(content);
  const headers = [
    `Content-Type: text/${subtypeOf(subtype, fileName)}; charset="${isAscii ? "us-ascii" : "utf-8"}"`,
    "MIME-Version: 1.0",
    `Content-Transfer-Encoding: ${isAscii ? "7bit" : "base64"}`,
    ...(fileName === "" ? [] : [`Content-Disposition: attachment; filename="${quoted(fileName)}"`]),
  ];
  const body = isAscii ? content.replace(/\r\n?/g, "\n") : base64Lines(content);
  return `${headers.join("\n")}\n\n${body}`;
}

/** Heat takes the name of a file up to its extension for the subtype. */
function subtypeOf(subtype: string, fileName: string): string {
  if (subtype !== "") return subtype;
  return fileName === "" ? "plain" : fileName.replace(/(?<=[^.].*)\.[^./]*$/, "");
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

function base64Lines(content: string): string {
  const text = Buffer.from(content, "utf8").toString("base64");
  return (text.match(/.{1,76}/g) ?? []).map((line) => `${line}\n`).join("");
}

/** In Python's form, and in none of the parts. */
function boundaryFor(bodies: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(bodies)).digest();
  const token = hash.readBigUInt64BE(0) >> 1n;
  const boundary = `===============${String(token).padStart(19, "0")}==`;
  const isTaken = (it: string) =>
    bodies.some((body) =>
      body.split("\n").some((line) => line === `--${it}` || line === `--${it}--`),
    );
  let free = boundary;
  for (let n = 0; isTaken(free); n += 1) free = `${boundary}.${n}`;
  return free;
}
