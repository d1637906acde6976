import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What goes wrong with a transfer on purpose. */
export type TransferFlaw = "full" | "cut" | "altered";

/** Leave to put one image into the store, once. */
export interface Transfer {
  readonly imageName: string;
  readonly user: string;
  readonly expiresAt: Date;
  readonly flaw: TransferFlaw | undefined;
  isUsed: boolean;
}

/** Who asks the store for something: nobody it knows, the conductor, or the bearer of a transfer. */
export type Visitor = { role: "conductor" } | { role: "transfer"; transfer: Transfer } | undefined;

/** The store's credentials: the conductor's own, and one per transfer that works once and not for long. */
export class Transfers {
  /** `user:password` of the conductor. */
  readonly conductor = `conductor:${secret()}`;
  readonly #transfers = new Map<string, { transfer: Transfer; digest: Buffer }>();

  constructor(private readonly now: () => Date) {}

  /** @returns `user:password` for one image */
  issue(imageName: string, lifetimeMs: number, flaw?: TransferFlaw): string {
    const [user, password] = [randomBytes(6).toString("hex"), secret()];
    const expiresAt = new Date(this.now().getTime() + lifetimeMs);
    const transfer: Transfer = { imageName, user, expiresAt, flaw, isUsed: false };
    this.#transfers.set(user, { transfer, digest: digestOf(`${user}:${password}`) });
    return `${user}:${password}`;
  }

  /** Nobody puts anything under that name any more. */
  revoke(imageName: string): void {
    for (const [user, { transfer }] of this.#transfers) {
      if (transfer.imageName === imageName) this.#transfers.delete(user);
    }
  }

  /** @param authorization the header of that name */
  identify(authorization: string | undefined): Visitor {
    const [scheme, encoded = ""] = (authorization ?? "").split(" ");
    if (scheme?.toLowerCase() !== "basic") return undefined;
    const given = Buffer.from(encoded, "base64").toString();
    if (timingSafeEqual(digestOf(given), digestOf(this.conductor))) return { role: "conductor" };
    const known = this.#transfers.get(given.split(":")[0] ?? "");
    if (known === undefined || !timingSafeEqual(digestOf(given), known.digest)) return undefined;
    const { transfer } = known;
    const isOver = transfer.isUsed || this.now() >= transfer.expiresAt;
    return isOver ? undefined : { role: "transfer", transfer };
  }
}

const secret = () => randomBytes(24).toString("base64url");

const digestOf = (text: string) => createHash("sha256").update(text).digest();
