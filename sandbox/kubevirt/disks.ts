/** What is on a disk: texts by path. */
export type Files = Record<string, string>;

/** The data of volumes, and what of it their snapshots have kept: by the uids of their objects. */
export class Disks {
  readonly #volumes = new Map<string, Files>();
  readonly #cuts = new Map<string, Files>();
  readonly #seeds = new Map<string, Files>();

  /** What is to be on the volume of a claim that is not there yet. */
  seed(namespace: string, claim: string, files: Files): void {
    this.#seeds.set(`${namespace}/${claim}`, { ...files });
  }

  /** Makes a claim's volume, once: with what a snapshot has kept, or what was seeded. */
  provision(claim: { namespace: string; name: string; uid: string }, cutUid?: string): void {
    if (this.#volumes.has(claim.uid)) return;
    const key = `${claim.namespace}/${claim.name}`;
    const seed = this.#seeds.get(key) ?? {};
    const kept = cutUid === undefined ? seed : (this.#cuts.get(cutUid) ?? {});
    this.#volumes.set(claim.uid, { ...kept });
    if (cutUid === undefined) this.#seeds.delete(key);
  }

  /** The files themselves. Makes an empty volume where there is none. */
  volume(claimUid: string): Files {
    const found = this.#volumes.get(claimUid) ?? {};
    this.#volumes.set(claimUid, found);
    return found;
  }

  /** Keeps what is on a volume now, once. */
  cut(snapshotUid: string, claimUid: string): void {
    if (!this.#cuts.has(snapshotUid)) this.#cuts.set(snapshotUid, { ...this.volume(claimUid) });
  }
}
