import { describeReset } from "./reset";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(400_000);

let close: () => Promise<void>;

describeReset(async () => {
  const opened = await sandboxCloud();
  close = opened.close;
  return opened.cloud;
});

afterAll(() => close());
