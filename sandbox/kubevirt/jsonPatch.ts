/** A patch that does not fit what it is applied to. */
export class PatchError extends Error {
  override readonly name = "PatchError";
}

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

type Container = Record<string, unknown>;

/** RFC 6902, without `copy`. @throws {PatchError} */
export function applyJsonPatch(target: unknown, patch: readonly unknown[]): unknown {
  const root = { document: structuredClone(target) };
  for (const operation of patch) apply(root, operation as Operation);
  return root.document;
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Container = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function apply(root: { document: unknown }, operation: Operation): void {
  const { op, path, value, from = "" } = operation;
  const { holder, key } = locate(root, path);
  if (op === "test") {
    test(holder, operation, key);
    return;
  }
  if (op === "remove" || op === "replace") requireThere(holder, key, path);
  if (op === "add") add(holder, key, value);
  else if (op === "replace") holder[key] = value;
  else if (op === "remove") removeFrom(holder, key);
  else if (op === "move") add(holder, key, taken(root, from));
  else throw new PatchError(`Unexpected kind: ${op}`);
}

function test(holder: Container, { path, value }: Operation, key: string): void {
  if (JSON.stringify(holder[key]) === JSON.stringify(value)) return;
  throw new PatchError(`testing value ${path} failed`);
}

function taken(root: { document: unknown }, from: string): unknown {
  const { holder, key } = locate(root, from);
  requireThere(holder, key, from);
  const value = holder[key];
  removeFrom(holder, key);
  return value;
}

function locate(root: { document: unknown }, path: string) {
  const keys = path.split("/").slice(1).map(unescape);
  const last = keys.pop();
  if (last === undefined) return { holder: root as unknown as Container, key: "document" };
  let holder: unknown = root.document;
  for (const key of keys) holder = isContainer(holder) ? holder[key] : undefined;
  if (!isContainer(holder)) throw new PatchError(`doc is missing path: ${path}: missing value`);
  return { holder, key: last };
}

function requireThere(holder: Container, key: string, path: string): void {
  if (!(key in holder)) throw new PatchError(`doc is missing key: ${path}: missing value`);
}

function add(holder: Container, key: string, value: unknown): void {
  if (!Array.isArray(holder)) {
    holder[key] = value;
    return;
  }
  const index = key === "-" ? holder.length : Number(key);
  if (!(index <= holder.length)) throw new PatchError(`invalid index ${key}`);
  holder.splice(index, 0, value);
}

function removeFrom(holder: Container, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

function unescape(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

function isObject(value: unknown): value is Container {
  return isContainer(value) && !Array.isArray(value);
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}
