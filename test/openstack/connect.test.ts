import {
  ApiError,
  ConnectionError,
  isBadRequest,
  isConflict,
  isForbidden,
  isNotFound,
  isOverLimit,
  isUnauthorized,
  type OpenStack,
} from "../../openstack";
import { messageOf } from "../../common/errors";
import { imageOf, InstantClock, LocalCloud, password, reply } from "./LocalCloud";

let cloud: LocalCloud;
let clock: InstantClock;
let openStack: OpenStack;

beforeEach(async () => {
  cloud = await LocalCloud.start();
  clock = new InstantClock();
  openStack = await cloud.connect({ clock });
});

afterEach(async () => {
  await openStack.close();
  await cloud.stop();
});

const images = "/image/v2/images";
const show = `${images}/i`;

async function errorOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => new Error("no error"),
    (error: unknown) => error,
  );
  return outcome as Error;
}

describe("the token", () => {
  test("is fetched once, with the credentials, and sent with each call", async () => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, 200, imageOf("i"));
    });
    await Promise.all([openStack.image.showImage("i"), openStack.image.showImage("i")]);
    const requested = cloud.requestsTo("/v3/auth/tokens");
    expect(requested.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "demo", domain: { name: "Default" }, password } },
          },
          scope: { project: { name: "demo", domain: { name: "Default" } } },
        },
      },
    ]);
    expect(cloud.requestsTo(show).map(({ headers }) => headers["x-auth-token"])).toEqual([
      "token-1",
      "token-1",
    ]);
    expect(openStack).toMatchObject({
      cloud: "local",
      region: undefined,
      projectId: "project-1",
      userId: "user-1",
      roles: ["member"],
      requests: { identity: 1, image: 2 },
    });
  });

  test("is renewed once for 20 concurrent callers", async () => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, 200, imageOf("i"));
    });
    cloud.revoke();
    const calls = Array.from({ length: 20 }, () => openStack.image.showImage("i"));
    expect((await Promise.all(calls)).map(({ id }) => id)).toEqual(Array(20).fill("i"));
    expect(cloud.tokens).toBe(2);
  });

  test("that is refused again is the caller's error; nothing secret is in it", async () => {
    cloud.on(`GET ${show}`, (received, response) => {
      const token = String(received.headers["x-auth-token"]);
      reply(response, 401, { error: { message: `no such token ${token}, ${password}` } });
    });
    const error = await errorOf(openStack.image.showImage("i"));
    expect(error.message).toBe(
      `image showImage: GET ${cloud.url}${show} answered 401: no such token ***, *** (request req-1)`,
    );
    expect(JSON.stringify(error)).not.toMatch(/token-\d|correct-horse/);
    expect(cloud.tokens).toBe(2);
  });

  test("with a bad password: Keystone's words, and no password", async () => {
    cloud.on("POST /v3/auth/tokens", (received, response) => {
      reply(response, 401, { error: { code: 401, message: `refused: ${received.body}` } });
    });
    const error = await errorOf(cloud.connect());
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toMatch(
      /^identity createToken: POST .*\/v3\/auth\/tokens answered 401: /,
    );
    expect(error.message).not.toContain(password);
  });
});

describe("refusals", () => {
  test.each([
    ["Nova", { conflictingRequest: { code: 409, message: "in task_state image_snapshot" } }],
    ["Neutron", { NeutronError: { type: "Any", message: "in task_state image_snapshot" } }],
    ["Glance", { message: "in task_state image_snapshot<br /><br />\n\n", title: "Conflict" }],
    ["a page", "<html><body><h1>409</h1>in task_state <b>image_snapshot</b><br /></body></html>"],
  ])("carry what %s says", async (_who, body) => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, 409, body);
    });
    const error = await errorOf(openStack.image.showImage("i"));
    expect(isConflict(error)).toBe(true);
    expect(error.message).toBe(
      `image showImage: GET ${cloud.url}${show} answered 409: in task_state image_snapshot (request req-1)`,
    );
    expect(error).toMatchObject({
      service: "image",
      action: "showImage",
      method: "GET",
      status: 409,
      requestId: "req-1",
    });
  });

  test("an answer without a field that is needed is an error that names it", async () => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, 200, { ...imageOf("i"), status: undefined });
    });
    const error = await errorOf(openStack.image.showImage("i"));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toBe(
      `image showImage: GET ${cloud.url}${show} answered 200: the answer lacks what is needed: ` +
        "status: Invalid input: expected string, received undefined (request req-1)",
    );
  });

  const predicates = {
    isBadRequest,
    isUnauthorized,
    isForbidden,
    isNotFound,
    isConflict,
    isOverLimit,
  };

  test.each<[number, unknown, (keyof typeof predicates)[]]>([
    [400, {}, ["isBadRequest"]],
    [401, {}, ["isUnauthorized"]],
    [403, {}, ["isForbidden"]],
    [404, {}, ["isNotFound"]],
    [409, {}, ["isConflict"]],
    [409, "in words", ["isConflict"]],
    [409, { NeutronError: { type: "OverQuota", message: "m" } }, ["isConflict", "isOverLimit"]],
    [413, { overLimit: { code: 413, message: "m" } }, ["isOverLimit"]],
    [500, {}, []],
  ])("%d %j is told by %j", async (status, body, expected) => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, status, body);
    });
    const error = await errorOf(openStack.image.showImage("i"));
    const told = Object.entries(predicates).filter(([, is]) => is(error));
    expect(told.map(([name]) => name)).toEqual(expected);
  });
});

describe("retries", () => {
  /** Answers the statuses in turn, then succeeds. */
  function answerInTurn(route: string, statuses: number[], body: unknown, retryAfter?: string) {
    const left = [...statuses];
    cloud.on(route, (_received, response) => {
      const status = left.shift();
      const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
      if (status === undefined) reply(response, 200, body);
      else reply(response, status, { error: { message: "later" } }, headers);
    });
  }

  test("429 and 503 come again after Retry-After", async () => {
    answerInTurn(`GET ${show}`, [429, 503], imageOf("i"), "7");
    expect((await openStack.image.showImage("i")).id).toBe("i");
    expect(clock.sleeps).toEqual([7000, 7000]);
  });

  test("a Retry-After beyond the deadline is not waited for", async () => {
    answerInTurn(`GET ${show}`, [503], imageOf("i"), "3600");
    expect((await errorOf(openStack.image.showImage("i"))).message).toContain(
      "answered 503: later",
    );
    expect(clock.sleeps).toEqual([]);
  });

  test("backs off, and gives up after five times", async () => {
    answerInTurn(`GET ${show}`, Array<number>(9).fill(503), imageOf("i"));
    await errorOf(openStack.image.showImage("i"));
    expect(clock.sleeps).toEqual([250, 500, 1000, 2000]);
    expect(cloud.requestsTo(show)).toHaveLength(5);
  });

  const action = "/compute/v2.1/servers/s/action";

  test("what the caller may do by itself: an error says when to come back", async () => {
    answerInTurn(`POST ${action}`, [503, 409], { image_id: "i" }, "7");
    const retryAfterMs = async () => {
      const error = await errorOf(openStack.compute.createImage("s", { name: "n" }));
      return error instanceof ApiError ? error.retryAfterMs : error;
    };
    expect(await retryAfterMs()).toBe(7000);
    expect(await retryAfterMs()).toBe(7000);
    answerInTurn(`POST ${action}`, [503], { image_id: "i" });
    expect(await retryAfterMs()).toBeUndefined();
    expect(clock.sleeps).toEqual([]);
  });

  test("a date in Retry-After is by the cloud's clock", async () => {
    cloud.on(`POST ${action}`, (_received, response) => {
      const headers = {
        date: "Thu, 01 Jan 2032 00:00:00 GMT",
        "retry-after": "Thu, 01 Jan 2032 00:00:30 GMT",
      };
      reply(response, 503, {}, headers);
    });
    const error = await errorOf(openStack.compute.createImage("s", { name: "n" }));
    const waitMs = error instanceof ApiError ? error.retryAfterMs : undefined;
    expect(waitMs).toBeGreaterThanOrEqual(29_000);
    expect(waitMs).toBeLessThanOrEqual(30_000);
  });

  test("Cinder's 413 for a quota says Retry-After: 0 and does not come again", async () => {
    const snapshots = "/volumev3/v3/project-1/snapshots";
    answerInTurn(`POST ${snapshots}`, [413, 413], { snapshot: {} }, "0");
    const request = { volumeId: "v", name: "n" };
    const error = await errorOf(openStack.blockStorage.createSnapshot(request));
    expect(isOverLimit(error)).toBe(true);
    expect(cloud.requestsTo(snapshots)).toHaveLength(1);
  });

  test("createImage comes again after 429, never after 503", async () => {
    answerInTurn(`POST ${action}`, [429], { image_id: "i" });
    expect(await openStack.compute.createImage("s", { name: "n" })).toBe("i");
    answerInTurn(`POST ${action}`, [503], { image_id: "i" });
    await errorOf(openStack.compute.createImage("s", { name: "n" }));
    expect(cloud.requestsTo(action)).toHaveLength(3);
    expect(cloud.requestsTo(action)[0]).toMatchObject({
      headers: { "openstack-api-version": "compute 2.45" },
      body: JSON.stringify({ createImage: { name: "n", metadata: {} } }),
    });
  });

  test("a connection that breaks in mid-body: a read comes again, createImage does not", async () => {
    let broken = 0;
    const breakOnce =
      (answer: unknown) => (_received: unknown, response: import("node:http").ServerResponse) => {
        if (broken++ > 0) {
          reply(response, 200, answer);
          return;
        }
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write('{"id": ', () => response.destroy());
      };
    cloud.on(`GET ${show}`, breakOnce(imageOf("i")));
    expect((await openStack.image.showImage("i")).id).toBe("i");
    expect(cloud.requestsTo(show)).toHaveLength(2);
    broken = 0;
    cloud.on(`POST ${action}`, breakOnce({ image_id: "i" }));
    const error = await errorOf(openStack.compute.createImage("s", { name: "n" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(messageOf(error)).toMatch(
      /^compute createImage: POST http:\S+\/servers\/s\/action got no answer: /,
    );
    expect(cloud.requestsTo(action)).toHaveLength(1);
  });

  test("nobody listens: tried again, then said", async () => {
    await cloud.stop();
    const error = await errorOf(openStack.compute.createImage("s", { name: "n" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(messageOf(error)).toContain("ECONNREFUSED");
    expect(clock.sleeps).toHaveLength(4);
    cloud = await LocalCloud.start();
  });
});

describe("deadlines and cancelling", () => {
  test("a call without an answer ends at its deadline", async () => {
    cloud.on(`GET ${show}`, () => undefined);
    let expire = (): void => undefined;
    const asked: number[] = [];
    const patient = await cloud.connect({
      clock: {
        now: () => new Date(0),
        sleep: (ms) => {
          asked.push(ms);
          return new Promise((resolve) => {
            expire = resolve;
          });
        },
      },
    });
    const call = errorOf(patient.image.showImage("i"));
    while (cloud.requestsTo(show).length === 0) await new Promise(setImmediate);
    expire();
    expect((await call).message).toBe(
      `timed out after 1 m 0 s waiting for image showImage: GET ${cloud.url}${show}; ` +
        "last seen: no answer within 1 m 0 s",
    );
    expect(asked.at(-1)).toBe(60_000);
    await patient.close();
  });

  test("an abort ends the call with its reason", async () => {
    cloud.on(`GET ${show}`, () => undefined);
    const controller = new AbortController();
    const cancellable = await cloud.connect({ clock, signal: controller.signal });
    const call = errorOf(cancellable.image.showImage("i"));
    while (cloud.requestsTo(show).length === 0) await new Promise(setImmediate);
    controller.abort(new Error("cancelled by the engine"));
    expect((await call).message).toBe("cancelled by the engine");
    await cancellable.close();
  });
});

describe("the cloud's own time", () => {
  test("is the machine's, corrected by the answers' Date", async () => {
    cloud.on("POST /v3/auth/tokens", (_received, response) => {
      const token = {
        project: { id: "project-1" },
        user: { id: "user-1" },
        roles: [],
        catalog: [],
      };
      const headers = { "x-subject-token": "t", date: "Fri, 02 Jan 2026 00:00:00 GMT" };
      reply(response, 201, { token }, headers);
    });
    const ahead = await cloud.connect({ clock });
    // The machine says 1 January; a Date is right to the second.
    expect(ahead.clockOffsetMs).toBe(86_400_500);
    await clock.sleep(10_000);
    expect(ahead.now()).toEqual(new Date("2026-01-02T00:00:10.500Z"));
    await ahead.close();
  });

  test("is the machine's where that is right", async () => {
    const right = await cloud.connect();
    expect(right.clockOffsetMs).toBe(0);
    await right.close();
  });
});

describe("a thousand calls at once", () => {
  test("are 32 at a time on 32 connections; a list does not wait for them", async () => {
    const held: (() => void)[] = [];
    let most = 0;
    let answered = 0;
    let answeredBeforeList = 0;
    // Nobody is answered before 32 wait, or all that are left.
    cloud.on("POST /compute/v2.1/servers/s/action", (_received, response) => {
      held.push(() => {
        reply(response, 202, "");
      });
      most = Math.max(most, held.length);
      if (held.length < Math.min(32, 1000 - answered)) return;
      answered += held.length;
      for (const answer of held.splice(0)) answer();
    });
    cloud.on(`GET ${images}`, (_received, response) => {
      answeredBeforeList = answered;
      reply(response, 200, { images: [] });
    });
    const calls = Array.from({ length: 1000 }, () => openStack.compute.startServer("s"));
    await Promise.all([...calls, openStack.image.listImages()]);
    expect(answered).toBe(1000);
    expect(most).toBe(32);
    expect(cloud.sockets.most).toBeLessThanOrEqual(32);
    expect(answeredBeforeList).toBe(32);
  });

  test("with a token that is not accepted any more: 32 are sent in vain", async () => {
    cloud.on(`GET ${show}`, (_received, response) => {
      reply(response, 200, imageOf("i"));
    });
    cloud.revoke();
    await Promise.all(Array.from({ length: 1000 }, () => openStack.image.showImage("i")));
    expect(cloud.tokens).toBe(2);
    expect(cloud.requestsTo(show)).toHaveLength(1032);
  });
});

describe("lists", () => {
  test("follow Glance's next, with the filters as it says them, to our own host only", async () => {
    cloud.on(`GET ${images}`, ({ url }, response) => {
      const isSecond = url.includes("marker=a");
      reply(response, 200, {
        images: [imageOf(isSecond ? "b" : "a")],
        ...(isSecond ? {} : { next: "http://elsewhere.invalid/v2/images?tag=x&marker=a" }),
      });
    });
    const query = { tags: ["x=1/2", "ü"], name: "n", snapset_id: "s", limit: 1 };
    expect((await openStack.image.listImages(query)).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(cloud.requestsTo(images).map(({ url }) => url)).toEqual([
      `${images}?name=n&snapset_id=s&tag=x%3D1%2F2&tag=%C3%BC&limit=1`,
      `${images}?tag=x&marker=a`,
    ]);
  });

  test("follow `_links` of the other services", async () => {
    const path = "/volumev3/v3/project-1/volumes/detail";
    cloud.on(`GET ${path}`, ({ url }, response) => {
      reply(response, 200, {
        volumes: [],
        ...(url.includes("marker") ? {} : { volumes_links: [{ rel: "next", href: "x?marker=1" }] }),
      });
    });
    expect(await openStack.blockStorage.listVolumes()).toEqual([]);
    expect(cloud.requestsTo(path)).toHaveLength(2);
  });

  test("a page that names itself as the next one is an error", async () => {
    cloud.on(`GET ${images}`, (_received, response) => {
      reply(response, 200, { images: [], next: "/v2/images?marker=a" });
    });
    expect((await errorOf(openStack.image.listImages())).message).toBe(
      `image listImages: GET ${cloud.url}${images}?marker=a answered 200: ` +
        "the next page is this one again (request req-1)",
    );
  });
});
