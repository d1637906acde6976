import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import { parseEnvironment } from "../../snapset/environment/parse";
import { selectedState } from "./fakePlaces";

/** A resource that was asked of the engine. */
export interface Asked {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What an environment asks of the engine, which answers each with `{name}-id`. */
export class Mocks {
  readonly #resources: Asked[] = [];
  /** The options of resources, by type and name. */
  readonly #options = new Map<string, pulumi.ResourceOptions>();

  async install(): Promise<void> {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          this.#resources.push({ type, name, inputs: inputs as Asked["inputs"] });
          const found = selectedState(type, inputs as object);
          const state = { ...(inputs as object), ...found, address: `${name}-address` };
          return { id: `${name}-id`, state };
        },
        call: ({ token }) => {
          throw new Error(`${token}: everything is looked up before`);
        },
      },
      "snapset",
      "dev",
    );
  }

  clear(): void {
    this.#resources.length = 0;
    this.#options.clear();
  }

  /** Declares the environment `lab` with one network and one node, changed so. */
  async declare(changes: object): Promise<void> {
    const node = { name: "box", role: "compute", image: "base", flavor: "small" };
    const data = {
      name: "lab",
      networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
      nodes: [{ ...node, ports: [{ network: "net" }] }],
      ...changes,
    };
    const spec = parseEnvironment(data, "lab");
    const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      this.#options.set(`${type} ${name}`, opts);
      return undefined;
    };
    const environment = new Environment("lab", { spec }, { transformations: [note] });
    await new Promise((resolve) => environment.snapsetData.apply(resolve));
    await new Promise(setImmediate);
  }

  /** Of a provider's type such as `Port`, by name: the order in which they are asked for is nobody's. */
  of(type: string): Asked[] {
    return this.#resources
      .filter((it) => it.type.startsWith("openstack:") && it.type.endsWith(`:${type}`))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  optionsOf({ type, name }: Asked): pulumi.ResourceOptions {
    return this.#options.get(`${type} ${name}`) ?? {};
  }

  inputsOf(type: string, name: string): Asked["inputs"] | undefined {
    return this.of(type).find((it) => it.name === name)?.inputs;
  }
}
