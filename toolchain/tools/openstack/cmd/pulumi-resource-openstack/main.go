// The OpenStack provider plugin for Pulumi, built here because its own module is not published with its main package.
//
// It is the Terraform provider that plugin 3.15.2 contains, behind the same bridge, with the same tokens and overrides
// for the services that an environment uses (pulumi/pulumi-openstack v3.15.2, provider/resources.go).
// The directory's name matters: the bridge tells a plugin from a code generator by the main package's path.
package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

func main() {
	// The schema only serves code generation; programs take their types from the npm package.
	tfbridge.Main("openstack", version, provider(), []byte("{}"))
}
