import { IronicUnderTest } from "./platforms/IronicUnderTest";
import { MachinesUnderTest } from "./platforms/MachinesUnderTest";
import { NovaUnderTest } from "./platforms/NovaUnderTest";
import { describePlatform } from "./platforms/suite";

jest.setTimeout(60_000);

describePlatform("Nova", () => NovaUnderTest.open());
describePlatform("Ironic", () => IronicUnderTest.open());
describePlatform("KubeVirt", () => MachinesUnderTest.open());
