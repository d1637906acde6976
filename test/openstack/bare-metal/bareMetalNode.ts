/** A node as Ironic shows it (21.4). */
export function bareMetalNode(more: Record<string, unknown> = {}) {
  return {
    uuid: "1d8a7591-ca2b-4aac-9985-15814cd90cd2",
    name: "rack-1",
    driver: "fake-hardware",
    provision_state: "active",
    target_provision_state: null,
    power_state: "power on",
    target_power_state: null,
    last_error: null,
    maintenance: false,
    maintenance_reason: null,
    reservation: null,
    protected: false,
    owner: null,
    lessee: null,
    instance_uuid: null,
    instance_info: {},
    driver_internal_info: {},
    extra: {},
    properties: { cpu_arch: "x86_64" },
    provision_updated_at: "2026-01-01T00:00:00+00:00",
    ...more,
  };
}
