// Verifies a proof bundle from its bytes: no code of Filiera, none of CometBFT. CometBFT's hashes and sign bytes are worked
// out here from its specification (spec/core/data_structures, spec/core/encoding, RFC 6962).
import { createHash, createPublicKey, verify } from "node:crypto";
import { ics23, tendermintSpec, verifyMembership, verifyNonMembership } from "@confio/ics23";

const hex = (h) => Buffer.from(h, "hex");
const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

function varint(n) {
  const out = [];
  for (n = BigInt(n); n > 127n; n >>= 7n) out.push(Number(n & 127n) | 128);
  return Buffer.from([...out, Number(n)]);
}

const sized = (b) => Buffer.concat([varint(b.length), b]);
// A field of wire type 2; an empty one is left out, as proto3 does.
const field = (n, b) => (b.length ? Buffer.concat([varint((n << 3) | 2), sized(b)]) : Buffer.alloc(0));
const number = (n, v) => (BigInt(v) ? Buffer.concat([varint(n << 3), varint(v)]) : Buffer.alloc(0));

function fixed64(n, v) {
  const b = Buffer.alloc(9);
  b[0] = (n << 3) | 1;
  b.writeBigInt64LE(BigInt(v), 1);
  return BigInt(v) ? b : Buffer.alloc(0);
}

// read takes protobuf apart: field number to the list of its values, bytes or BigInt.
function read(b) {
  const fields = {};
  let i = 0;
  const next = () => {
    let n = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const c = b[i++];
      n |= BigInt(c & 127) << shift;
      if (c < 128) return n;
    }
  };
  while (i < b.length) {
    const tag = Number(next());
    let v = next();
    if ((tag & 7) === 2) {
      const end = i + Number(v);
      v = b.subarray(i, end);
      i = end;
    }
    (fields[tag >> 3] ??= []).push(v);
  }
  return { bytes: (n) => fields[n]?.[0] ?? Buffer.alloc(0), int: (n) => fields[n]?.[0] ?? 0n, all: (n) => fields[n] ?? [] };
}

// The Merkle tree of RFC 6962, as CometBFT uses it.
function merkle(leaves) {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), leaves[0]);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.from([1]), merkle(leaves.slice(0, split)), merkle(leaves.slice(split)));
}

// headerHash covers the fields of a header in order; scalars stand in wrapper messages.
function headerHash(h) {
  const wrapped = [6, 7, 8, 9, 10, 11, 12, 13, 14].map((n) => field(1, h.bytes(n)));
  return merkle([h.bytes(1), field(1, h.bytes(2)), number(1, h.int(3)), h.bytes(4), h.bytes(5), ...wrapped]);
}

function signBytes(commit, signature, chain) {
  const id = read(commit.bytes(3)), parts = read(id.bytes(2));
  const blockID = Buffer.concat([field(1, id.bytes(1)), field(2, Buffer.concat([number(1, parts.int(1)), field(2, parts.bytes(2))]))]);
  return sized(Buffer.concat([number(1, 2), fixed64(2, commit.int(1)), fixed64(3, commit.int(2)), field(4, blockID), field(5, signature.bytes(3)), field(6, Buffer.from(chain))]));
}

const publicKey = (raw) => createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });

// checkBundle gives how many records hold, or throws. It trusts the hash of the validators and nothing else.
export function checkBundle(bundle, trusted) {
  const fail = (what) => { throw new Error("the bundle: " + what); };
  const header = read(hex(bundle.header)), commit = read(hex(bundle.commit));
  const validators = bundle.validators.map((v) => Buffer.concat([field(1, field(1, hex(v.public_key))), number(2, v.power)]));
  if (!merkle(validators).equals(hex(trusted))) fail("its validators are not the trusted ones");
  if (!header.bytes(8).equals(hex(trusted))) fail("its header names other validators");
  if (header.bytes(2).toString() !== bundle.chain_id) fail("its header is of another chain");
  if (!read(commit.bytes(3)).bytes(1).equals(headerHash(header))) fail("its commit is for another header");
  let power = 0, signed = 0;
  commit.all(4).map(read).forEach((s, i) => {
    power += bundle.validators[i].power;
    if (s.int(1) !== 2n) return;
    const key = hex(bundle.validators[i].public_key);
    if (!s.bytes(2).equals(sha(key).subarray(0, 20))) fail(`signature ${i} is of another validator`);
    if (!verify(null, signBytes(commit, s, bundle.chain_id), publicKey(key), s.bytes(4))) fail(`signature ${i} does not hold`);
    signed += bundle.validators[i].power;
  });
  if (commit.all(4).length !== bundle.validators.length || signed * 3 <= power * 2) fail("not two thirds signed");
  for (const r of bundle.records) {
    const proof = ics23.CommitmentProof.decode(hex(r.proof));
    const ok = r.absent
      ? verifyNonMembership(proof, tendermintSpec, header.bytes(11), hex(r.key))
      : verifyMembership(proof, tendermintSpec, header.bytes(11), hex(r.key), hex(r.value));
    if (!ok) fail(`the record of key ${r.key} is not proven`);
  }
  return bundle.records.length;
}
