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
  switch (op) {
    case "add":
      return add(holder, key, value);
    case "replace":
      requireThere(holder, key, path);
      return set(holder, key, value);
    case "remove":
      requireThere(holder, key, path);
      return removeFrom(holder, key);
    case "test":
      if (JSON.stringify(read(holder, key)) === JSON.stringify(value)) return undefined;
      throw new PatchError(`testing value ${path} failed`);
    case "move": {
      const source = locate(root, from);
      requireThere(source.holder, source.key, from);
      const moved = read(source.holder, source.key);
      removeFrom(source.holder, source.key);
      return add(holder, key, moved);
    }
    default:
      throw new PatchError(`Unexpected kind: ${op}`);
  }
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

function read(holder: Container, key: string): unknown {
  return holder[key];
}

function requireThere(holder: Container, key: string, path: string): void {
  if (!(key in holder)) throw new PatchError(`doc is missing key: ${path}: missing value`);
}

function add(holder: Container, key: string, value: unknown): void {
  if (!Array.isArray(holder)) return set(holder, key, value);
  const index = key === "-" ? holder.length : Number(key);
  if (!(index <= holder.length)) throw new PatchError(`invalid index ${key}`);
  holder.splice(index, 0, value);
}

function set(holder: Container, key: string, value: unknown): void {
  holder[key] = value;
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
