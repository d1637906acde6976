import type { Alias } from "@pulumi/pulumi";

/** What a resource is called in the stack, and what it may have been called there before. */
export interface ResourceName {
  name: string;
  aliases: Alias[];
}

/**
 * Names of resources, each once in a stack though the cloud may have several things of one name.
 * A thing of a node is called `{node}/{name}`; another one of that name `{node}/{name} (2)`.
 */
export class ResourceNames {
  readonly #claimed = new Set<string>();

  /** @param type what has the name: things of different types may share it */
  claim(type: string, name: string, node?: string): ResourceName {
    const qualified = node === undefined ? name : `${node}/${name}`;
    let free = qualified;
    for (let i = 2; this.#has(type, free); i++) free = `${qualified} (${i})`;
    this.#add(type, free);
    if (node === undefined || this.#has(type, name)) return { name: free, aliases: [] };
    // Before nodes stood in front of it, one thing of the stack could have the name, the first.
    this.#add(type, name);
    return { name: free, aliases: [{ name }] };
  }

  #has(type: string, name: string): boolean {
    return this.#claimed.has(`${type} ${name}`);
  }

  #add(type: string, name: string): void {
    this.#claimed.add(`${type} ${name}`);
  }
}
