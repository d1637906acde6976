/** How many names a message holds before it only counts the rest. */
const most = 8;

/** `a, b, c`; of many the first ones and how many more there are: `a, b, … (1000 in all)`. */
export function listed(names: readonly string[]): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")}, … (${names.length} in all)`;
}
