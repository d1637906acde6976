import { createHash, generateKeyPairSync } from "node:crypto";
import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import type { WorldClock } from "../worldClock";

/** An SSH key pair; only its public half is kept. */
export interface KeyPair {
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly userId: string;
  readonly createdAt: Date;
}

/** Key pairs, by user. */
export class KeyPairs {
  #pairs: KeyPair[] = [];

  constructor(private readonly clock: WorldClock) {}

  list(who: Caller): KeyPair[] {
    return this.#pairs.filter((pair) => pair.userId === who.userId);
  }

  show(name: string, who: Caller): KeyPair {
    return found(
      this.list(who).find((pair) => pair.name === name),
      () => new Refusal(404, `Keypair ${name} not found for user ${who.userId}`),
    );
  }

  /** Keeps the given public key, or makes a pair and returns its private half once. */
  create(who: Caller, name: string, publicKey?: string): { pair: KeyPair; privateKey?: string } {
    if (this.list(who).some((pair) => pair.name === name)) {
      throw new Refusal(409, `Key pair '${name}' already exists.`);
    }
    const generated = publicKey === undefined ? generate() : undefined;
    const text = publicKey ?? generated?.publicKey ?? "";
    const body = Buffer.from(text.split(" ")[1] ?? "", "base64");
    const digits = createHash("md5").update(body).digest("hex");
    const pair: KeyPair = {
      name,
      publicKey: text,
      fingerprint: digits.replaceAll(/(..)(?!$)/g, "$1:"),
      userId: who.userId,
      createdAt: this.clock.now(),
    };
    this.#pairs.push(pair);
    return generated === undefined ? { pair } : { pair, privateKey: generated.privateKey };
  }

  delete(name: string, who: Caller): void {
    const pair = this.show(name, who);
    this.#pairs = this.#pairs.filter((other) => other !== pair);
  }
}

function generate(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const blob = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]);
  return {
    publicKey: `ssh-ed25519 ${blob.toString("base64")} Generated-by-Nova`,
    privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}
