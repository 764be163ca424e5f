// Package credential reads and writes the certificates of Filiera: W3C
// Verifiable Credentials 2.0 secured as a compact JWS.
//
// The profile is narrow on purpose, because consensus code, the offline
// command line and the offline verifier must agree on every byte:
//
//   - JOSE header {"alg":"ES256K","typ":"vc+jwt","kid":…[,"cty":"vc"]} and
//     nothing else (RFC 7515; RFC 8812 §3 for ES256K; W3C "Securing Verifiable
//     Credentials using JOSE and COSE" §3.1 for typ and cty);
//   - the payload is the credential itself, a JSON object holding only the
//     members of [Attestation] and the JWT claim "iat" (RFC 7519 §4.1.6);
//   - the signature is R||S, 64 bytes over SHA-256 of the signing input, with S
//     in the lower half of the curve's order, so a signed certificate has one
//     valid form and [Credential.Hash] identifies it.
//
// Everything here is pure: no clock, no randomness, no file, no node. Whether
// the issuer was accredited, whether the key is its own and whether the
// batches exist is asked of the ledger by the caller.
package credential
