/** A certificate with its key, both PEM, for servers on loopback that only tests start. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Signed by itself and valid for a very long time. */
export const selfSigned: Certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5HYXRlaG91
c2UgdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
A1UEAwwOR2F0ZWhvdXNlIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARz
lV9d8nFX2wdDVaNb9BuRblM1WEpn4uBPf0VKLmsIdVcCnk4QxvpCuLTDvsMOJewI
Y2Zzz5zoBQJ/qRsrcAq6o04wTDAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3Qw
DwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUD/fEgCb1PvYsbsy0ZPZkckR4FwUw
CgYIKoZIzj0EAwIDSQAwRgIhAI3zT92y5xA3+/nE8WgbF4cKYpSYxkwGiao0Blph
MNZgAiEA6ZcceJL4IAtwiQFovsOhW3pNqDgKCgB9rOuqNDa3Jns=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWuOYEKY7ZVgj6QYY
dnDyZ0x75/BumGxPMhDKucMV1x2hRANCAARzlV9d8nFX2wdDVaNb9BuRblM1WEpn
4uBPf0VKLmsIdVcCnk4QxvpCuLTDvsMOJewIY2Zzz5zoBQJ/qRsrcAq6
-----END PRIVATE KEY-----`,
};

/** Signed by itself and valid in January 2020 only. */
export const expired: Certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBgDCCASegAwIBAgIBATAKBggqhkjOPQQDAjAiMSAwHgYDVQQDDBdHYXRlaG91
c2UgdGVzdCwgZXhwaXJlZDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBa
MCIxIDAeBgNVBAMMF0dhdGVob3VzZSB0ZXN0LCBleHBpcmVkMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAE7Anygj73hcvDMue6k/GjBjOw5oh094XEzGl8GiXrTu+X
lI/SsitQwrJqFipc9Zr+6ZCFx0vzhf6PeFGYqI/E06NOMEwwGgYDVR0RBBMwEYcE
fwAAAYIJbG9jYWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFMzepy5N
jUBndf4EWhvXtle1YcbhMAoGCCqGSM49BAMCA0cAMEQCIE97BjYpB66U1CTsQUV9
3G3TPOmQAmuaN80vFLGR1lPjAiAvHed0GPWxhic7lkH7piEtMTZmWlr23ySHaKZr
CICCEg==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdbzKWpy+VRyffzcw
hZxSZH320cw2WEUHGy6y9Ger666hRANCAATsCfKCPveFy8My57qT8aMGM7DmiHT3
hcTMaXwaJetO75eUj9KyK1DCsmoWKlz1mv7pkIXHS/OF/o94UZioj8TT
-----END PRIVATE KEY-----`,
};
