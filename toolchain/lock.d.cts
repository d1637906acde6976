/**
 * Runs `work` while holding a lock that other processes see.
 *
 * @param path a directory that exists while the lock is held
 * @param onWait called once when somebody else holds the lock
 */
export function withLock<T>(
  path: string,
  onWait: (waitingFor: string) => void,
  work: () => Promise<T>,
): Promise<T>;
