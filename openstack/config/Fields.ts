import { mappingOf, type Mapping } from "./files";

/** Other names under which a setting is known: openstacksdk `_fix_backwards_project`. */
const aliases: Record<string, string[]> = {
  project_id: ["tenant_id"],
  project_name: ["tenant_name"],
  username: ["user_name"],
  token: ["auth_token"],
};

/** The settings of one cloud as they were written, and the problems found in them. */
export class Fields {
  readonly problems: string[] = [];

  constructor(private readonly cloud: Mapping) {}

  /** A setting of the cloud as text; empty counts as absent. */
  text(key: string): string | undefined {
    return this.textOf(this.cloud, key, key);
  }

  /** A setting of `auth`, which may also stand beside it, as variables of the environment do. */
  auth(key: string): string | undefined {
    const auth = mappingOf(this.cloud["auth"]);
    for (const name of [key, ...(aliases[key] ?? [])]) {
      const value = this.textOf(auth, name, `auth.${name}`) ?? this.textOf(this.cloud, name, name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** A boolean, also written as YAML 1.1 and the environment do. */
  flag(key: string): boolean | undefined {
    const value = this.cloud[key];
    if (typeof value === "boolean") return value;
    const text = this.text(key)?.toLowerCase();
    if (text === undefined) return undefined;
    if (["true", "yes", "on", "1"].includes(text)) return true;
    if (["false", "no", "off", "0"].includes(text)) return false;
    this.problem(key, `must be true or false`);
    return undefined;
  }

  /** The first entry of a setting that may be a list, of names or of mappings with a `name`. */
  first(key: string): string | undefined {
    const value = this.cloud[key];
    if (!Array.isArray(value)) return this.text(key);
    const [entry] = value as unknown[];
    return typeof entry === "string" ? entry : this.textOf(mappingOf(entry), "name", key);
  }

  problem(key: string, problem: string): void {
    const line = `${key}: ${problem}`;
    if (!this.problems.includes(line)) this.problems.push(line);
  }

  private textOf(mapping: Mapping, key: string, path: string): string | undefined {
    const value = mapping[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    // An all-digit password or project name is a number to YAML.
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    this.problem(path, "must be text");
    return undefined;
  }
}
