// Checks what Filiera made with libraries that share no code with it. Usage: node check.mjs DIR
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ics23, tendermintSpec, verifyMembership, verifyNonMembership } from "@confio/ics23";
import { Bitstring } from "@digitalbazaar/bitstring";
import { Wallet, decryptKeystoreJson, encryptKeystoreJson } from "ethers";
import { compactVerify, importJWK } from "jose";
import { checkBundle } from "./bundle.mjs";

const dir = process.argv[2];
const load = (name) => JSON.parse(readFileSync(join(dir, name), "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

// The same password as on the other side, in the other Unicode form.
const password = "perche\u0301 no\u0300? \u00bd";

function expect(condition, what) {
  if (!condition) throw new Error(what);
}

async function refuses(promise, what) {
  const refused = await promise.then(() => false, () => true);
  expect(refused, what);
}

// A library may refuse by an answer or by an exception.
const holds = (check) => { try { return check(); } catch { return false; } };

function proofs() {
  const { root, present, absent } = load("proofs.json");
  const good = bytes(root), bad = bytes(root);
  bad[0] ^= 1;
  const decode = (v) => ics23.CommitmentProof.decode(bytes(v.proof));
  for (const v of present) {
    const proof = decode(v), key = bytes(v.key), value = bytes(v.value);
    expect(verifyMembership(proof, tendermintSpec, good, key, value), `membership of ${v.key} is refused`);
    expect(!holds(() => verifyMembership(proof, tendermintSpec, bad, key, value)), `membership of ${v.key} holds under another root`);
    expect(!holds(() => verifyMembership(proof, tendermintSpec, good, key, bytes("00"))), `membership of ${v.key} holds for another value`);
    expect(!holds(() => verifyNonMembership(proof, tendermintSpec, good, key)), `a proof of membership of ${v.key} passes for one of absence`);
  }
  for (const v of absent) {
    const proof = decode(v), key = bytes(v.key);
    expect(verifyNonMembership(proof, tendermintSpec, good, key), `absence of ${v.key} is refused`);
    expect(!holds(() => verifyNonMembership(proof, tendermintSpec, bad, key)), `absence of ${v.key} holds under another root`);
    for (const there of present) {
      expect(!holds(() => verifyNonMembership(proof, tendermintSpec, good, bytes(there.key))), `the proof of absence of ${v.key} passes for ${there.key}, which is there`);
    }
  }
  expect(present.length >= 100 && absent.length >= 100, "there are too few proofs to tell");
  console.log(`ok  ${present.length} proofs of membership and ${absent.length} of absence hold in @confio/ics23, and no false one does`);
}

async function keyFiles() {
  const { file, private: key, address } = load("key.json");
  const opened = await decryptKeystoreJson(JSON.stringify(file), password);
  expect(opened.privateKey === key && opened.address === address, "our key file opens in ethers to another key");
  await refuses(decryptKeystoreJson(JSON.stringify(file), password + "!"), "our key file opens in ethers with a wrong password");
  console.log("ok  a key file made by Filiera opens in ethers");
  const wallet = new Wallet("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");
  const theirs = await encryptKeystoreJson(wallet, password, { scrypt: { N: 4096 } });
  writeFileSync(join(dir, "ethers.json"), JSON.stringify({ private: wallet.privateKey, file: JSON.parse(theirs) }));
}

async function certificate() {
  const { compact, jwk, kid, issuer } = load("certificate.json");
  const key = await importJWK(jwk, "ES256K");
  const { payload, protectedHeader } = await compactVerify(compact, key, { algorithms: ["ES256K"] });
  expect(protectedHeader.kid === kid && protectedHeader.typ === "vc+jwt", "the certificate's header says something else");
  const vc = JSON.parse(new TextDecoder().decode(payload));
  expect(vc.issuer === issuer && vc["@context"][0] === "https://www.w3.org/ns/credentials/v2", "the certificate's payload says something else");
  const [header, body, signature] = compact.split(".");
  const forged = Buffer.from(JSON.stringify({ ...vc, issuer: "urn:filiera:filiera-interop:altri" })).toString("base64url");
  await refuses(compactVerify([header, forged, signature].join("."), key), "a changed certificate verifies");
  const flipped = Buffer.from(signature, "base64url");
  flipped[40] ^= 1;
  await refuses(compactVerify([header, body, flipped.toString("base64url")].join("."), key), "a changed signature verifies");
  console.log("ok  a certificate signed by Filiera verifies in jose (ES256K)");
}

function bundles() {
  const { bundle, validators_hash: trusted } = load("bundle.json");
  const n = checkBundle(bundle, trusted);
  const forged = (change) => {
    const copy = structuredClone(bundle);
    change(copy);
    return copy;
  };
  const flip = (h, at) => h.slice(0, at) + (h[at] === "0" ? "1" : "0") + h.slice(at + 1);
  for (const [what, change] of Object.entries({
    "another app hash": (b) => { b.header = flip(b.header, b.header.length - 100); },
    "another signature": (b) => { b.commit = flip(b.commit, 300); },
    "another signer": (b) => { b.commit = flip(b.commit, 400); },
    "another power": (b) => { b.validators[0].power++; },
    "another value": (b) => { b.records[0].value = flip(b.records[0].value, 5); },
    "another chain": (b) => { b.chain_id += "x"; },
  })) {
    const why = (() => { try { checkBundle(forged(change), trusted); } catch (e) { return e.message; } })();
    expect(why, `a bundle with ${what} holds`);
    if (what.startsWith("another sign")) expect(why.startsWith("the bundle: signature"), `a bundle with ${what} is refused because ${why}`);
  }
  console.log(`ok  a proof bundle of ${n} records holds when worked out from its bytes, and no changed one does`);
}

// What a wallet does: find the index in the certificate, fetch the list that it names, check who signed it, read the bit.
async function statusLists() {
  const { compact, jwk, certificate, set, clear } = load("statuslist.json");
  const key = await importJWK(jwk, "ES256K");
  const open = async (jwt) => JSON.parse(new TextDecoder().decode((await compactVerify(jwt, key, { algorithms: ["ES256K"] })).payload));
  const list = await open(compact), vc = await open(certificate);
  const { encodedList, statusPurpose, type } = list.credentialSubject;
  expect(list.type.includes("BitstringStatusListCredential") && type === "BitstringStatusList" && statusPurpose === "revocation", "the list says something else");
  expect(encodedList[0] === "u", "the list is not multibase base64url");
  const bits = new Bitstring({ buffer: await Bitstring.decodeBits({ encoded: encodedList.slice(1) }) });
  expect(bits.length === 131072, `the list has ${bits.length} entries`);
  for (const i of set) expect(bits.get(i), `index ${i} is revoked and its bit is not set`);
  for (const i of clear) expect(!bits.get(i), `index ${i} is not revoked and its bit is set`);
  const entry = vc.credentialStatus.find((e) => e.statusPurpose === "revocation");
  expect(entry.type === "BitstringStatusListEntry" && entry.statusListCredential === list.id && list.issuer === vc.issuer, "the certificate names another list");
  expect(bits.get(Number(entry.statusListIndex)), "the certificate's own bit is not set");
  console.log(`ok  a status list signed by Filiera tells ${set.length} revoked certificates from ${clear.length} others in @digitalbazaar/bitstring`);
}

proofs();
bundles();
await keyFiles();
await certificate();
await statusLists();
