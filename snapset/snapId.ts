const grammar = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A snap_id: URL-safe base64 of six bytes, eight characters, as Hotstack makes them.
 *
 * @param bytes six random bytes
 */
export function snapIdFrom(bytes: Uint8Array): string {
  if (bytes.length !== 6) throw new RangeError(`a snap_id is made of 6 bytes, got ${bytes.length}`);
  return Buffer.from(bytes).toString("base64url");
}

/**
 * A snap_id for a new set. It begins and ends with a letter or a digit: Kubernetes takes no other one
 * as a label's value, and on a command line none looks like an option.
 *
 * @param random six random bytes, again and again
 */
export function newSnapId(random: () => Uint8Array): string {
  for (;;) {
    const snapId = snapIdFrom(random());
    if (/^[A-Za-z0-9].*[A-Za-z0-9]$/.test(snapId)) return snapId;
  }
}

/** Whether `text` may be a snap_id of ours or of Hotstack; other lengths are tolerated. */
export function isSnapId(text: string): boolean {
  return grammar.test(text);
}
