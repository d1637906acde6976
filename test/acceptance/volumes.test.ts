import { sandboxCloud } from "./sandboxCloud";
import { describeVolumes } from "./volumes";

jest.setTimeout(180_000);

let close: (() => Promise<void>) | undefined;

afterAll(() => close?.());

describeVolumes(async () => {
  const opened = await sandboxCloud();
  close = opened.close;
  const { cloud } = opened;
  // At each boot the guest prints what is written on each disk; a new disk gets another word.
  const dataOf = async (serverId: string, _volumeId: string, device: string) => {
    const console = await cloud.client.compute.showConsoleOutput(serverId);
    const line = new RegExp(`DISK ${device.replace("/dev/", "")} count=\\d+ marker=(\\S+)`);
    const marker = line.exec(console)?.[1];
    if (marker === undefined) throw new Error(`no ${device} in the console:\n${console}`);
    return marker;
  };
  return { ...cloud, dataOf };
});
