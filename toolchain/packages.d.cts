/** What is wrong with this version of Node (`20.20.2`), or undefined. */
export function nodeProblem(version: string): string | undefined;

/** Whether node_modules was installed from the lock file as it is now. */
export function packagesAreCurrent(root: string): boolean;

/** Runs `npm ci` if it has not run for this package-lock.json. */
export function ensurePackages(root: string, say: (line: string) => void): Promise<void>;
