/** The record without some of its keys. */
export function omit<T extends object, K extends PropertyKey>(record: T, ...keys: K[]): Omit<T, K> {
  const dropped = new Set<PropertyKey>(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => !dropped.has(key))) as Omit<
    T,
    K
  >;
}
