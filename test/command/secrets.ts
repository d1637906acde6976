// How values are marked on their way between the engine and a plugin (sdk/nodejs/runtime/rpc.ts).
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** A value that the engine keeps encrypted. */
export function secretOf(value: unknown): object {
  return { [signature]: secretMark, value };
}

/** Whether a value, or one in it, is secret. */
export function isSecret(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(secretMark);
}

/** The value with all that is secret in clear. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signature] === secretMark) {
    return plain((value as { value: unknown }).value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
