import type { Cluster } from "../../../openshift";
import { ClusterError } from "../../../openshift/api/errors";
import { revive } from "../../../openshift/revive/revive";
import { Lab } from "../../sandbox/openshift/lab";

const lab = new Lab();
const failure = (code: string) => {
  const cause = Object.assign(new Error(`told: ${code}`), { code });
  return new ClusterError({ verb: "get", resource: "x" }, "no answer", { cause });
};

/** A cluster whose API fails as told, look by look; the last failure stays. */
function failing(...failures: string[]): Cluster {
  const cluster = {
    server: "https://api.example:6443",
    withPace: () => cluster,
    readClusterVersion: () => {
      const [code = ""] = failures.length > 1 ? failures.splice(0, 1) : failures;
      return Promise.reject(failure(code));
    },
  };
  return cluster as unknown as Cluster;
}

async function secondsUntilItFails(cluster: Cluster) {
  const startedAt = lab.clock.now().getTime();
  const error = await revive(cluster, { clock: lab.clock, deadlines: { api: 600_000 } }).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  return { seconds: (lab.clock.now().getTime() - startedAt) / 1000, message: error?.message };
}

describe("a revive that meets a certificate which is not trusted", () => {
  it("ends after two minutes of it, not at the API's deadline, and says what to look at", async () => {
    const { seconds, message } = await secondsUntilItFails(
      failing("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    );
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(130);
    expect(message).toMatch(
      /^the API's certificate is not trusted: for 2 m \d s: told: UNABLE_TO_VERIFY_LEAF_SIGNATURE; is this the kubeconfig of this cluster/,
    );
  });

  it("goes on when there is another failure in between: it is starting", async () => {
    const untrusted = Array<string>(20).fill("SELF_SIGNED_CERT_IN_CHAIN");
    const { seconds } = await secondsUntilItFails(
      failing(...untrusted, "ECONNREFUSED", ...untrusted, "ECONNREFUSED"),
    );
    expect(seconds).toBeGreaterThanOrEqual(600);
  });

  it.each(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "ECONNRESET"])(
    "waits until the API's deadline on %s, which may pass",
    async (code) => {
      const { seconds, message } = await secondsUntilItFails(failing(code));
      expect(seconds).toBeGreaterThanOrEqual(600);
      expect(message).toMatch(/^timed out after 10 m 0 s waiting for the API at/);
    },
  );
});
