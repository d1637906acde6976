package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// dataSources lists the look-ups (`getNetwork` and so on) by their Terraform names.
func dataSources() map[string]*tfbridge.DataSourceInfo {
	return map[string]*tfbridge.DataSourceInfo{
		"openstack_blockstorage_availability_zones_v3": dataSource("blockstorage", "getAvailabilityZonesV3"),
		"openstack_blockstorage_snapshot_v3":           dataSource("blockstorage", "getSnapshotV3"),
		"openstack_blockstorage_volume_v3":             dataSource("blockstorage", "getVolumeV3"),
		"openstack_blockstorage_quotaset_v3":           dataSource("blockstorage", "getQuotasetV3"),

		"openstack_compute_availability_zones_v2": dataSource("compute", "getAvailabilityZones"),
		"openstack_compute_flavor_v2":             dataSource("compute", "getFlavor"),
		"openstack_compute_keypair_v2":            dataSource("compute", "getKeypair"),
		"openstack_compute_instance_v2":           dataSource("compute", "getInstanceV2"),
		"openstack_compute_aggregate_v2":          dataSource("compute", "getAggregateV2"),
		"openstack_compute_hypervisor_v2":         dataSource("compute", "getHypervisorV2"),
		"openstack_compute_quotaset_v2":           dataSource("compute", "getQuotaSetV2"),
		"openstack_compute_limits_v2":             dataSource("compute", "getLimitsV2"),

		"openstack_images_image_v2":     dataSource("images", "getImage"),
		"openstack_images_image_ids_v2": dataSource("images", "getImageIds"),

		"openstack_networking_network_v2":                    dataSource("networking", "getNetwork"),
		"openstack_networking_port_v2":                       dataSource("networking", "getPort"),
		"openstack_networking_port_ids_v2":                   dataSource("networking", "getPortIds"),
		"openstack_networking_router_v2":                     dataSource("networking", "getRouter"),
		"openstack_networking_secgroup_v2":                   dataSource("networking", "getSecGroup"),
		"openstack_networking_subnet_v2":                     dataSource("networking", "getSubnet"),
		"openstack_networking_subnetpool_v2":                 dataSource("networking", "getSubnetPool"),
		"openstack_networking_trunk_v2":                      dataSource("networking", "getTrunk"),
		"openstack_networking_floatingip_v2":                 dataSource("networking", "getFloatingIp"),
		"openstack_networking_addressscope_v2":               dataSource("networking", "getAddressScope"),
		"openstack_networking_qos_bandwidth_limit_rule_v2":   dataSource("networking", "getQosBandwidthLimitRule"),
		"openstack_networking_qos_dscp_marking_rule_v2":      dataSource("networking", "getQosDscpMarkingRule"),
		"openstack_networking_qos_minimum_bandwidth_rule_v2": dataSource("networking", "getQosMinimumBandwidthRule"),
		"openstack_networking_qos_policy_v2":                 dataSource("networking", "getQosPolicy"),
		"openstack_networking_subnet_ids_v2":                 dataSource("networking", "getSubnetIdsV2"),
		"openstack_networking_quota_v2":                      dataSource("networking", "getQuotaV2"),
	}
}
