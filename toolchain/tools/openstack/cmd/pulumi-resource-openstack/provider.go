package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// The version of the npm package @pulumi/openstack whose tokens these are.
const version = "3.15.2"

func provider() tfbridge.ProviderInfo {
	terraform := openstack.Provider()
	// The provider's own default sets it, so its deprecation would be shown on every run, to people who never did.
	terraform.Schema["use_octavia"].Deprecated = ""
	info := tfbridge.ProviderInfo{
		P:           shimv2.NewProvider(terraform),
		Name:        "openstack",
		Version:     version,
		Config:      config(),
		Resources:   resources(),
		DataSources: dataSources(),
	}
	// Without it, every resource must be named explicitly.
	info.SetAutonaming(255, "-")
	return info
}

// config takes each setting's default from the environment, by the same variables as the published plugin.
func config() map[string]*tfbridge.SchemaInfo {
	environment := map[string]string{
		"region":        "OS_REGION_NAME",
		"insecure":      "OS_INSECURE",
		"endpoint_type": "OS_ENDPOINT_TYPE",
		"swauth":        "OS_SWAUTH",
		"use_octavia":   "OS_USE_OCTAVIA",
		"cloud":         "OS_CLOUD",
		"delayed_auth":  "OS_DELAYED_AUTH",
		"allow_reauth":  "OS_ALLOW_REAUTH",
	}
	settings := map[string]*tfbridge.SchemaInfo{}
	for name, variable := range environment {
		settings[name] = &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
	}
	return settings
}

// member is the token of a resource type or data source: "networking", "FloatingIp" give
// openstack:networking/floatingIp:FloatingIp.
func member(service, name string) tokens.ModuleMember {
	file := strings.ToLower(name[:1]) + name[1:]
	return tokens.ModuleMember("openstack:" + service + "/" + file + ":" + name)
}

func resource(service, name string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type(member(service, name))}
}

func dataSource(service, name string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: member(service, name)}
}
