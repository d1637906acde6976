import { describeMainLine } from "./mainLine";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(180_000);

let close: (() => Promise<void>) | undefined;

afterAll(() => close?.());

describeMainLine(async () => {
  const opened = await sandboxCloud();
  close = opened.close;
  return opened.cloud;
});
