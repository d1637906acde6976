import { homedir } from "node:os";
import { Agent } from "undici";
import { systemClock } from "../../common/clock";
import { connect, type OpenStack } from "../../openstack";
import { loadCloud } from "../../openstack/config/loadCloud";
import { secretsOf, type CloudSettings, type Service } from "../../openstack/config/settings";
import { CloudTime } from "../../openstack/http/CloudTime";
import { Redactor } from "../../openstack/http/redact";
import { Transport, type Answer, type Call } from "../../openstack/http/Transport";
import { endpointOf } from "../../openstack/identity/catalog";
import { Session, type Identity } from "../../openstack/identity/Session";

/** The product's client, and beside it the calls that the product has no use for. */
export class BenchCloud {
  private constructor(
    readonly client: OpenStack,
    private readonly settings: CloudSettings,
    private readonly dispatcher: Agent,
    private readonly session: Session,
    private readonly identity: Identity,
  ) {}

  /** @param env selects the cloud: `OS_CLOUD` and what goes with it */
  static async open(env: NodeJS.ProcessEnv): Promise<BenchCloud> {
    const settings = loadCloud({}, { env, cwd: process.cwd(), home: homedir() });
    const dispatcher = new Agent({ connect: settings.tls });
    const redactor = new Redactor(secretsOf(settings));
    const transport = new Transport({
      dispatcher,
      clock: systemClock,
      time: new CloudTime(systemClock),
      random: Math.random,
      signal: undefined,
      redact: redactor.redact,
      requests: {},
    });
    const session = new Session(settings, transport, redactor);
    const identity = await session.identity();
    return new BenchCloud(await connect({ env }), settings, dispatcher, session, identity);
  }

  get token(): string {
    return this.identity.token;
  }

  /** Where a service is, with its version. */
  endpoint(service: Service): string {
    const { catalog, projectId } = this.identity;
    return endpointOf(service, catalog, this.settings, projectId);
  }

  /** A call that the client does not offer. */
  call(
    action: string,
    method: Call["method"],
    [service, path]: readonly [Service, string],
    more: Pick<Call, "headers" | "body"> = {},
  ): Promise<Answer> {
    const url = `${this.endpoint(service)}${path}`;
    return this.session.send({ action, method, service, url, ...more });
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.dispatcher.destroy();
  }
}
