package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// resources lists the types of compute, network, image and block storage by their Terraform names; a type that is not
// listed does not exist. Left out are those that later versions of @pulumi/openstack have removed.
func resources() map[string]*tfbridge.ResourceInfo {
	types := map[string]*tfbridge.ResourceInfo{
		"openstack_blockstorage_volume_v3":             resource("blockstorage", "Volume"),
		"openstack_blockstorage_volume_attach_v3":      resource("blockstorage", "VolumeAttach"),
		"openstack_blockstorage_quotaset_v3":           resource("blockstorage", "QuoteSetV3"),
		"openstack_blockstorage_volume_type_v3":        resource("blockstorage", "VolumeTypeV3"),
		"openstack_blockstorage_volume_type_access_v3": resource("blockstorage", "VolumeTypeAccessV3"),
		"openstack_blockstorage_qos_v3":                resource("blockstorage", "QosV3"),
		"openstack_blockstorage_qos_association_v3":    resource("blockstorage", "QosAssociationV3"),

		"openstack_compute_flavor_v2":           resource("compute", "Flavor"),
		"openstack_compute_flavor_access_v2":    resource("compute", "FlavorAccess"),
		"openstack_compute_instance_v2":         resource("compute", "Instance"),
		"openstack_compute_interface_attach_v2": resource("compute", "InterfaceAttach"),
		"openstack_compute_keypair_v2":          resource("compute", "Keypair"),
		"openstack_compute_servergroup_v2":      resource("compute", "ServerGroup"),
		"openstack_compute_volume_attach_v2":    resource("compute", "VolumeAttach"),
		"openstack_compute_quotaset_v2":         resource("compute", "QuotaSetV2"),
		"openstack_compute_aggregate_v2":        resource("compute", "AggregateV2"),

		"openstack_images_image_v2":               resource("images", "Image"),
		"openstack_images_image_access_v2":        resource("images", "ImageAccess"),
		"openstack_images_image_access_accept_v2": resource("images", "ImageAccessAccept"),

		"openstack_networking_addressscope_v2":               resource("networking", "AddressScope"),
		"openstack_networking_floatingip_v2":                 resource("networking", "FloatingIp"),
		"openstack_networking_floatingip_associate_v2":       resource("networking", "FloatingIpAssociate"),
		"openstack_networking_network_v2":                    resource("networking", "Network"),
		"openstack_networking_port_v2":                       resource("networking", "Port"),
		"openstack_networking_port_secgroup_associate_v2":    resource("networking", "PortSecGroupAssociate"),
		"openstack_networking_router_interface_v2":           resource("networking", "RouterInterface"),
		"openstack_networking_router_route_v2":               resource("networking", "RouterRoute"),
		"openstack_networking_router_v2":                     resource("networking", "Router"),
		"openstack_networking_subnet_v2":                     resource("networking", "Subnet"),
		"openstack_networking_subnet_route_v2":               resource("networking", "SubnetRoute"),
		"openstack_networking_subnetpool_v2":                 resource("networking", "SubnetPool"),
		"openstack_networking_secgroup_v2":                   resource("networking", "SecGroup"),
		"openstack_networking_secgroup_rule_v2":              resource("networking", "SecGroupRule"),
		"openstack_networking_trunk_v2":                      resource("networking", "Trunk"),
		"openstack_networking_qos_bandwidth_limit_rule_v2":   resource("networking", "QosBandwidthLimitRule"),
		"openstack_networking_qos_dscp_marking_rule_v2":      resource("networking", "QosDscpMarkingRule"),
		"openstack_networking_qos_minimum_bandwidth_rule_v2": resource("networking", "QosMinimumBandwidthRule"),
		"openstack_networking_qos_policy_v2":                 resource("networking", "QosPolicy"),
		"openstack_networking_rbac_policy_v2":                resource("networking", "RbacPolicyV2"),
		"openstack_networking_quota_v2":                      resource("networking", "QuotaV2"),
		"openstack_networking_portforwarding_v2":             resource("networking", "PortForwardingV2"),
	}
	// Properties whose names or shapes in the npm package differ from what the bridge derives.
	severalPolicies := false
	types["openstack_compute_servergroup_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"policies": {MaxItemsOne: &severalPolicies},
	}
	types["openstack_networking_subnet_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	}
	return types
}
