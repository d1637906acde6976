import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { systemClock } from "../../../../common/clock";
import { waitFor } from "../../../../common/wait";
import { contentDigest } from "../../../../sandbox/world/baremetal/store/contentDigest";
import { StoreClient } from "../../../../sandbox/world/baremetal/store/StoreClient";
import { WebDavStore } from "../../../../sandbox/world/baremetal/store/WebDavStore";

const name = "66498c26-a9b5-496c-97a8-5bc08f256155-snapshot.qcow2";
const minuteMs = 60_000;

describe("the intermediate storage: HTTP WebDAV", () => {
  let directory: string;
  let file: string;
  let store: WebDavStore;
  let now: Date;
  let capacityBytes: number;
  const bytes = Buffer.from("the data of a root disk ".repeat(20_000));
  const digest = contentDigest(createHash("sha256").update(bytes).digest("hex"));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
    file = join(directory, "sent");
    await writeFile(file, bytes);
    now = new Date("2026-01-05T08:00:00Z");
    capacityBytes = Infinity;
    store = await WebDavStore.start({
      directory: join(directory, "snapshots"),
      now: () => now,
      capacityBytes: () => capacityBytes,
    });
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const client = (url: string) => new StoreClient(url, store.ca);
  const conductor = () => client(store.conductorUrl);
  const answerTo = async (
    who: StoreClient,
    method: string,
    more: Parameters<StoreClient["send"]>[0] | object = {},
  ) => {
    const { status, headers, body } = await who.send({ method, ...more });
    return { status, headers, text: await text(body) };
  };
  const put = (who: StoreClient, to = name, headers: Record<string, string> = {}) =>
    answerTo(who, "PUT", { name: to, file, headers: { "content-digest": digest, ...headers } });
  const stored = () => readdir(join(directory, "snapshots"));

  it("takes an image, streamed to disk, and says what it took", async () => {
    const answer = await put(client(store.allowTransfer(name)));
    expect(answer.status).toBe(201);
    expect(answer.headers["content-digest"]).toBe(digest);
    expect(await readFile(join(directory, "snapshots", name))).toEqual(bytes);
    expect(await stored()).toEqual([name]);
  });

  it("speaks what a davfs mount and the conductor need: OPTIONS, PROPFIND, GET, HEAD, DELETE, MKCOL", async () => {
    const bearer = client(store.allowTransfer(name));
    const options = await answerTo(bearer, "OPTIONS");
    expect([options.status, options.headers["dav"]]).toEqual([200, "1"]);
    const empty = await answerTo(bearer, "PROPFIND", { headers: { depth: "1" } });
    expect([empty.status, empty.text.match(/<D:response>/g)]).toEqual([207, ["<D:response>"]]);
    expect(empty.text).toContain("<D:href>/snapshots/</D:href>");
    await put(bearer);
    const full = await answerTo(conductor(), "PROPFIND", { headers: { depth: "1" } });
    expect(full.text).toContain(`<D:href>/snapshots/${name}</D:href>`);
    expect(full.text).toContain(`<D:getcontentlength>${bytes.length}</D:getcontentlength>`);
    const head = await answerTo(conductor(), "HEAD", { name });
    expect(head.headers["content-length"]).toBe(String(bytes.length));
    expect((await answerTo(conductor(), "GET", { name })).text).toBe(bytes.toString());
    expect((await answerTo(conductor(), "MKCOL")).status).toBe(405);
    expect((await answerTo(conductor(), "DELETE", { name })).status).toBe(204);
    expect((await answerTo(conductor(), "DELETE", { name })).status).toBe(404);
    expect(await stored()).toEqual([]);
  });

  it("lets one image in with a credential, once", async () => {
    const bearer = client(store.allowTransfer(name));
    expect((await put(bearer, "other.qcow2")).status).toBe(403);
    expect((await put(bearer)).status).toBe(201);
    for (const method of ["PUT", "PROPFIND", "GET", "OPTIONS"]) {
      expect((await answerTo(bearer, method, { name })).status).toBe(401);
    }
  });

  it('"the data could be … retrieved during this process": not with the credential of a transfer', async () => {
    await put(client(store.allowTransfer(name)));
    const bearer = client(store.allowTransfer("another.qcow2"));
    for (const method of ["GET", "HEAD", "DELETE"]) {
      expect((await answerTo(bearer, method, { name })).status).toBe(403);
    }
    const listed = await answerTo(bearer, "PROPFIND", { headers: { depth: "1" } });
    expect(listed.text).not.toContain(name);
  });

  it("forgets credentials that expired, were revoked, or never were", async () => {
    const late = client(store.allowTransfer(name));
    now = new Date(now.getTime() + 15 * minuteMs);
    expect((await put(late)).status).toBe(401);
    const revoked = client(store.allowTransfer(name));
    store.transfers.revoke(name);
    expect((await put(revoked)).status).toBe(401);
    const guessed = client(store.url.replace("https://", "https://conductor:guess@"));
    expect((await put(guessed)).status).toBe(401);
    expect((await put(client(store.url))).status).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it.each([
    [
      "a wrong checksum",
      contentDigest("0".repeat(64)),
      /^The content's sha-256 is [0-9a-f]{64}, not 0{64}\.$/,
    ],
    ["no checksum", "", /^A Content-Digest with sha-256 is required/],
    ["a checksum of another kind", "md5=:AAAA:", /^A Content-Digest with sha-256 is required/],
  ])("refuses %s, and keeps nothing", async (_what, header, message) => {
    const answer = await put(client(store.allowTransfer(name)), name, { "content-digest": header });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(message);
    expect(await stored()).toEqual([]);
  });

  it("says 507 when it is full, and keeps nothing", async () => {
    capacityBytes = bytes.length - 1;
    const answer = await put(client(store.allowTransfer(name)));
    expect([answer.status, answer.text]).toEqual([
      507,
      "The intermediate storage has no room for this image.",
    ]);
    expect(await stored()).toEqual([]);
    capacityBytes = bytes.length;
    expect((await put(client(store.allowTransfer(name)))).status).toBe(201);
    expect((await put(client(store.allowTransfer("second")), "second")).status).toBe(507);
  });

  it("keeps nothing of a connection that was cut in mid-stream", async () => {
    const sending = put(client(store.allowTransfer(name, "cut")));
    await expect(sending).rejects.toThrow(/^PUT to the storage at 127\.0\.0\.1:\d+ failed: E/);
    // The client sees the end before the storage does.
    const left = await waitFor({
      what: "the storage to put away what had come",
      observe: stored,
      isDone: (files) => files.length === 0,
      describe: (files) => files.join(),
      deadlineMs: 5_000,
      intervalMs: 10,
      clock: systemClock,
    });
    expect(left).toEqual([]);
  });

  it("is reached by who pins its authority, and by nobody else", async () => {
    const other = await WebDavStore.start({
      directory: join(directory, "other"),
      now: () => now,
      capacityBytes: () => Infinity,
    });
    try {
      const wrong = new StoreClient(store.conductorUrl, other.ca);
      await expect(wrong.send({ method: "OPTIONS" })).rejects.toThrow(
        /failed: (UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|SELF_SIGNED)/,
      );
      const unpinned = new Promise((resolve, reject) => {
        httpsRequest(store.url, resolve).on("error", reject).end();
      });
      await expect(unpinned).rejects.toThrow("unable to verify the first certificate");
    } finally {
      await other.close();
    }
  });

  it("does not answer plain http, and no client of it speaks that", async () => {
    const plain = store.conductorUrl.replace("https:", "http:");
    expect(() => client(plain)).toThrow(
      "The storage must be reached by https, not by http: a disk's data could be read or altered on its way.",
    );
    const answered = new Promise((resolve, reject) => {
      httpRequest(plain, { method: "OPTIONS" }, resolve).on("error", reject).end();
    });
    await expect(answered).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it("names no credentials in an error", async () => {
    const url = store.allowTransfer(name);
    const bearer = client(url);
    await store.close();
    const error = await put(bearer).catch((it: unknown) => it as Error);
    const [, secret = ""] = /:([^:@]+)@/.exec(url) ?? [];
    expect(secret.length).toBeGreaterThan(20);
    expect((error as Error).message).not.toContain(secret);
    store = await WebDavStore.start({
      directory: join(directory, "again"),
      now: () => now,
      capacityBytes: () => capacityBytes,
    });
  });
});
