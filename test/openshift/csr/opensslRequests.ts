// openssl req -new -key p256.pem -subj /O=system:nodes/CN=system:node:worker-0 [-addext …]

export const pem = (body: string) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${body}-----END CERTIFICATE REQUEST-----\n`;

export const client = pem(`MIHxMIGYAgEAMDYxFTATBgNVBAoMDHN5c3RlbTpub2RlczEdMBsGA1UEAwwUc3lz
dGVtOm5vZGU6d29ya2VyLTAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATp1/+1
0pS/jri+UDEaVFEq/yRvT6Y0qJt013VBX4+96bpjogsLik/Sklo3nWKOiTQlxg9/
9tTL7wv3AIFUWzDHoAAwCgYIKoZIzj0EAwIDSAAwRQIgDaf/FzzgooweKD0c+DJA
xGJHKxQXFDKPksYdIZETrsoCIQCYwN1O4QSrpkmHl4mwSYVS3i5/T7zOj3FlEzda
xLuyJA==
`);

// subjectAltName=DNS:worker-0,IP:192.168.32.20,IP:fd00::20
export const serving = pem(`MIIBLjCB1gIBADA2MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHTAbBgNVBAMMFHN5
c3RlbTpub2RlOndvcmtlci0wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6df/
tdKUv464vlAxGlRRKv8kb0+mNKibdNd1QV+Pvem6Y6ILC4pP0pJaN51ijok0JcYP
f/bUy+8L9wCBVFswx6A+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoIId29y
a2VyLTCHBMCoIBSHEP0AAAAAAAAAAAAAAAAAACAwCgYIKoZIzj0EAwIDRwAwRAIg
Yummqy2UINglG+5yGuV8gbQer4gdO8X7SOiUVaffXIkCIBzjs0WoPFh82INFlLTP
BRFflwobbc3hzZnBkEbnlP8f
`);

// subjectAltName=email:a@b.example,URI:spiffe://x and basicConstraints=critical,CA:TRUE
export const curious = pem(`MIIBNjCB3gIBADA2MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHTAbBgNVBAMMFHN5
c3RlbTpub2RlOndvcmtlci0wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6df/
tdKUv464vlAxGlRRKv8kb0+mNKibdNd1QV+Pvem6Y6ILC4pP0pJaN51ijok0JcYP
f/bUy+8L9wCBVFswx6BGMEQGCSqGSIb3DQEJDjE3MDUwIgYDVR0RBBswGYELYUBi
LmV4YW1wbGWGCnNwaWZmZTovL3gwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
AgNHADBEAiAJ2E3VCWuUTjiLnsV4YUQULxYRDqA4VVbjzK4tjB1d+AIgf/TVpsME
EemKOAWvXbqmER7zKJ2QexCkbzcrOyM7S28=
`);

// another CN after the first: Go takes the last one
export const twoNames = pem(`MIIBCDCBrwIBADBNMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHTAbBgNVBAMMFHN5
c3RlbTpub2RlOndvcmtlci0wMRUwEwYDVQQDDAxzeXN0ZW06YWRtaW4wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAATp1/+10pS/jri+UDEaVFEq/yRvT6Y0qJt013VB
X4+96bpjogsLik/Sklo3nWKOiTQlxg9/9tTL7wv3AIFUWzDHoAAwCgYIKoZIzj0E
AwIDSAAwRQIgPWLp+hJ1tLgF9NDNYEzIMfbycdfPOms5/82ImhcsZPICIQD/mHda
G1DyosBf1qlPAWXwRc9W78tAiAZ10HSUn/kI9g==
`);
