import { NovaUnderTest } from "./platforms/NovaUnderTest";
import { describePlatform } from "./platforms/suite";

jest.setTimeout(60_000);

describePlatform("Nova", () => NovaUnderTest.open());
