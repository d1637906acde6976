const begin = "-----BEGIN SSH HOST KEY KEYS-----";
const end = "-----END SSH HOST KEY KEYS-----";

/**
 * The host keys that a server has printed on its console: the last block that cloud-init wrote
 * (cloud-init `config/cc_keys_to_console.py`, once in the life of a server), `ssh-ed25519 AAAA…`
 * each. None while there is no whole block.
 *
 * @param console its output; lines may end with a carriage return
 */
export function hostKeysOnConsole(console: string): string[] {
  const to = console.lastIndexOf(end);
  const from = to < 0 ? -1 : console.lastIndexOf(begin, to);
  if (from < 0) return [];
  return console
    .slice(from + begin.length, to)
    .split(/\r?\n/)
    .flatMap(
      (line) => /^\s*((?:ssh|ecdsa)-\S+ AAAA[A-Za-z0-9+/]+=*)(?:\s|$)/.exec(line)?.[1] ?? [],
    );
}
