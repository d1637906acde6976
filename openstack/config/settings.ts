/** The services that this client talks to, by the first of their types in the catalog. */
export type Service = "compute" | "image" | "network" | "block-storage" | "baremetal";

/** Which of a service's endpoints to use. */
export type Interface = "public" | "internal" | "admin";

/** A name, with the domain it is unique in, or an id. */
export type Identified =
  { id: string } | { name: string; domain: { id: string } | { name: string } };

/** How to prove who one is. */
export type Auth =
  | { type: "password"; user: Identified; password: string; project: Identified }
  | { type: "token"; token: string; project: Identified | undefined }
  | {
      type: "v3applicationcredential";
      credential: { id: string } | { name: string; user: Identified };
      secret: string;
    };

/** A cloud, ready to be connected to. */
export interface CloudSettings {
  /** Its name in the user's files, or `envvars`. */
  cloud: string;
  /** Ends in `/v3`. */
  authUrl: string;
  auth: Auth;
  /** Without one, the catalog must have each service in one region only. */
  region: string | undefined;
  interface: Interface;
  endpointOverrides: Partial<Record<Service, string>>;
  tls: {
    rejectUnauthorized: boolean;
    /** PEM. */
    ca?: string;
    cert?: string;
    key?: string;
  };
}

/** What must never be shown. */
export function secretsOf({ auth, tls }: CloudSettings): string[] {
  const key = tls.key === undefined ? [] : [tls.key];
  switch (auth.type) {
    case "password":
      return [auth.password, ...key];
    case "token":
      return [auth.token, ...key];
    case "v3applicationcredential":
      return [auth.secret, ...key];
  }
}
