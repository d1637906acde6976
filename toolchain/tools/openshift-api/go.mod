module snapset/toolchain/openshift-api

go 1.26

// Nothing is built from it: its manifests of custom resource definitions are read.
require github.com/openshift/api v0.0.0-20260813212709-d4bb0b443cb8
