import { IronicUnderTest } from "./platforms/IronicUnderTest";
import { NovaUnderTest } from "./platforms/NovaUnderTest";
import { describePlatform } from "./platforms/suite";

jest.setTimeout(60_000);

describePlatform("Nova", () => NovaUnderTest.open());
describePlatform("Ironic", () => IronicUnderTest.open());
