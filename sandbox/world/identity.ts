import type { Ids } from "./ids";
import { Refusal } from "./refusal";
import type { WorldClock } from "./worldClock";

/** A project (tenant) of the Default domain. */
export interface Project {
  id: string;
  name: string;
}

/** A user of the Default domain, member of one project. */
export interface User {
  id: string;
  name: string;
  password: string;
  projectId: string;
  roles: string[];
}

/** A user as a test or a script declares it. */
export interface UserOptions {
  name: string;
  password: string;
  project: string;
  /** @default ["reader", "member"] */
  roles?: string[];
}

/** A token: who, for which project, how long. */
export interface Token {
  id: string;
  user: User;
  project: Project;
  methods: string[];
  issuedAt: Date;
  expiresAt: Date;
  auditId: string;
}

/** A login that carries its own project. */
export interface ApplicationCredential {
  id: string;
  secret: string;
  user: User;
}

/** Who asks: what the services need to know of a token. */
export interface Caller {
  projectId: string;
  projectName: string;
  userId: string;
  userName: string;
  roles: string[];
  isAdmin: boolean;
}

/** How a request for a token names a user or a project. */
export interface NamedOrId {
  id?: string | undefined;
  name?: string | undefined;
}

const unauthorized = () => new Refusal(401, "The request you have made requires authentication.");

/** Keystone's content: projects, users, tokens. One domain, `Default`. */
export class Identity {
  /** How long a token lives, in milliseconds of the world. */
  tokenLifetimeMs = 24 * 3600_000;
  readonly #projects = new Map<string, Project>();
  readonly #users = new Map<string, User>();
  readonly #tokens = new Map<string, Token>();
  readonly #credentials = new Map<string, ApplicationCredential>();

  constructor(
    private readonly clock: WorldClock,
    private readonly ids: Ids,
  ) {}

  projects(): Project[] {
    return [...this.#projects.values()];
  }

  /** Every user as it was declared. */
  users(): UserOptions[] {
    return [...this.#users.values()].map(({ name, password, projectId, roles }) => ({
      name,
      password,
      project: this.#projects.get(projectId)?.name ?? "",
      roles,
    }));
  }

  project(name: string): Project {
    const existing = this.projects().find((project) => project.name === name);
    if (existing !== undefined) return existing;
    const project = { id: this.ids.hex(32), name };
    this.#projects.set(project.id, project);
    return project;
  }

  addUser(options: UserOptions): User {
    const user: User = {
      id: this.ids.hex(32),
      name: options.name,
      password: options.password,
      projectId: this.project(options.project).id,
      roles: options.roles ?? ["reader", "member"],
    };
    this.#users.set(user.id, user);
    return user;
  }

  addApplicationCredential(userName: string): ApplicationCredential {
    const user = this.#user({ name: userName });
    const credential = { id: this.ids.hex(32), secret: this.ids.hex(40), user };
    this.#credentials.set(credential.id, credential);
    return credential;
  }

  /** @throws {Refusal} 401, the same for a wrong name, password and project, as Keystone does */
  logIn(who: NamedOrId, password: string, scope: NamedOrId | undefined): Token {
    const user = this.#user(who);
    if (user.password !== password) throw unauthorized();
    return this.#issue(user, scope, ["password"]);
  }

  /** A token of a user, for those who stand behind the API. */
  logInAs(name: string): Token {
    const user = this.#user({ name });
    return this.logIn({ id: user.id }, user.password, undefined);
  }

  logInByCredential(id: string, secret: string): Token {
    const credential = this.#credentials.get(id);
    if (credential?.secret !== secret) throw unauthorized();
    return this.#issue(credential.user, undefined, ["application_credential"]);
  }

  /** Another token for the bearer of one. */
  exchange(tokenId: string, scope: NamedOrId | undefined): Token {
    const token = this.validate(tokenId);
    return this.#issue(token.user, scope, [...new Set([...token.methods, "token"])]);
  }

  /** @throws {Refusal} 401 when the token is unknown, expired or revoked */
  validate(tokenId: string | undefined): Token {
    const token = this.#tokens.get(tokenId ?? "");
    if (token === undefined || token.expiresAt <= this.clock.now()) throw unauthorized();
    return token;
  }

  revoke(tokenId: string): void {
    this.#tokens.delete(tokenId);
  }

  /** Every token that is out there stops working, as after a key rotation. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  #user(who: NamedOrId): User {
    const user = [...this.#users.values()].find(
      ({ id, name }) => id === who.id || (who.name !== undefined && name === who.name),
    );
    if (user === undefined) throw unauthorized();
    return user;
  }

  #issue(user: User, scope: NamedOrId | undefined, methods: string[]): Token {
    const wanted = scope ?? { id: user.projectId };
    const project = this.projects().find(
      ({ id, name }) => id === wanted.id || (wanted.name !== undefined && name === wanted.name),
    );
    const isAdmin = user.roles.includes("admin");
    if (project === undefined || (project.id !== user.projectId && !isAdmin)) throw unauthorized();
    const issuedAt = this.clock.now();
    const token: Token = {
      id: `gAAAAAB${this.ids.hex(64)}`,
      user,
      project,
      methods,
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + this.tokenLifetimeMs),
      auditId: this.ids.hex(22),
    };
    this.#tokens.set(token.id, token);
    return token;
  }
}

/** The caller behind a token. */
export function callerOf(token: Token): Caller {
  return {
    projectId: token.project.id,
    projectName: token.project.name,
    userId: token.user.id,
    userName: token.user.name,
    roles: token.user.roles,
    isAdmin: token.user.roles.includes("admin"),
  };
}
