/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call -- raw answers are what is tested */
import { Lab } from "./client";

describe("Keystone", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  it("gives a token with a catalog of all services for name and password", async () => {
    const { status, headers, body } = await lab.logIn("demo");
    expect(status).toBe(201);
    expect(headers.get("x-subject-token")).toMatch(/^gAAAAAB/);
    expect(headers.get("x-openstack-request-id")).toMatch(/^req-[0-9a-f-]{36}$/);
    expect(body.token.project.name).toBe("demo");
    expect(body.token.catalog.map((entry: { type: string }) => entry.type)).toEqual([
      "identity",
      "compute",
      "image",
      "network",
      "volumev3",
      "block-storage",
      "baremetal",
    ]);
  });

  it.each([
    ["a wrong password", "demo", "wrong"],
    ["an unknown user", "nobody", "sandbox"],
  ])("refuses %s without saying which it was", async (_what, user, password) => {
    const { status, body } = await lab.logIn(user, password);
    expect(status).toBe(401);
    expect(body).toEqual({
      error: {
        code: 401,
        message: "The request you have made requires authentication.",
        title: "Unauthorized",
      },
    });
    await lab.logIn("demo");
  });

  it("ends tokens after their lifetime, and all at once when told to", async () => {
    const list = () => lab.get("/compute/v2.1/servers");
    expect((await list()).status).toBe(200);
    lab.world.clock.advance(24 * 3600_000);
    expect((await list()).status).toBe(401);
    await lab.logIn("demo");
    expect((await list()).status).toBe(200);
    lab.world.revokeTokens();
    const { status, body, headers } = await list();
    expect(status).toBe(401);
    expect(body.error.title).toBe("Unauthorized");
    expect(headers.get("www-authenticate")).toBe(`Keystone uri="${lab.sandbox.url}/identity"`);
    await lab.logIn("demo");
  });

  it("takes an application credential", async () => {
    const credential = lab.world.identity.addApplicationCredential("demo");
    const { id, secret } = credential;
    const identity = {
      methods: ["application_credential"],
      application_credential: { id, secret },
    };
    const { status, body } = await lab.call("POST", "/identity/v3/auth/tokens", {
      auth: { identity },
    });
    expect(status).toBe(201);
    expect(body.token.user.name).toBe("demo");
  });
});
