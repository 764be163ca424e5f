// Package envelope is the outside of a transaction: its bytes, its signature
// and its identity. It is pure; the app, the client and the tools share it.
//
// A transaction is Tx{body, signature}. The signature is over the body's bytes
// as they are, never over a re-encoding: Keccak-256 of a domain line that holds
// the chain id, then the body; 65 bytes R||S||V, low S, V 0 or 1. A signature
// for one chain, or for another purpose, is worth nothing here.
package envelope

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"fmt"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/module"
)

// Refusals of a transaction before any act of it is looked at.
var (
	ErrTooLarge    = module.NewError("tx", 1, "too_large", "the transaction, or a part of it, is over a limit")
	ErrUndecodable = module.NewError("tx", 2, "undecodable", "the bytes are not a transaction of this ledger")
	ErrSignature   = module.NewError("tx", 3, "bad_signature", "the signature is malformed, has a high S, or matches no key")
	ErrChainID     = module.NewError("tx", 4, "wrong_chain", "the transaction was signed for another chain")
	ErrExpired     = module.NewError("tx", 5, "expired", "the transaction's time to enter has passed")
	ErrExpiry      = module.NewError("tx", 6, "bad_expiry", "expires_at is missing or too far ahead")
	ErrReplayed    = module.NewError("tx", 7, "replayed", "this lane already used this sequence number")
	ErrStale       = module.NewError("tx", 8, "stale_sequence", "the sequence number is too far behind its lane")
	ErrLanes       = module.NewError("tx", 9, "too_many_lanes", "the key has as many unexpired lanes as it may have")
	ErrUnknownKey  = module.NewError("tx", 10, "unknown_key", "no participant has the signing key")
	ErrRetiredKey  = module.NewError("tx", 11, "retired_key", "the signing key was retired")
	ErrInactive    = module.NewError("tx", 12, "inactive_participant", "the signer is suspended or revoked")
	ErrRate        = module.NewError("tx", 13, "too_many_in_block", "the key has as many transactions in this block as it may have")
	ErrUnknownAct  = module.NewError("tx", 14, "unknown_act", "an act of the transaction is not one of this ledger")
	ErrNoActs      = module.NewError("tx", 15, "no_acts", "the transaction holds no act")
	ErrMemo        = module.NewError("tx", 16, "bad_memo", "the memo is too long or not clean text")
)

// Errors lists the refusals above, for the collision check and the reference.
func Errors() []*module.Error {
	return []*module.Error{
		ErrTooLarge, ErrUndecodable, ErrSignature, ErrChainID, ErrExpired, ErrExpiry, ErrReplayed, ErrStale, ErrLanes,
		ErrUnknownKey, ErrRetiredKey, ErrInactive, ErrRate, ErrUnknownAct, ErrNoActs, ErrMemo,
	}
}

// HardLimit is the size in bytes above which no transaction is even decoded,
// whatever the parameters say.
const HardLimit = 4 << 20

// maxMemo is the longest memo, in characters.
const maxMemo = 256

// Digest is what a transaction's signature is over: 32 bytes.
func Digest(chainID string, body []byte) []byte {
	return crypto.Keccak256([]byte("\x19Filiera tx v1\n"+chainID+"\n"), body)
}

// KeyProofDigest is what a new key signs to show that its holder wants it to
// speak for participant under label: 32 bytes.
func KeyProofDigest(chainID, participant, label string) []byte {
	return crypto.Keccak256([]byte("\x19Filiera key v1\n" + chainID + "\n" + participant + "\n" + label + "\n"))
}

// Hash identifies a transaction, as CometBFT does: SHA-256 of its bytes.
func Hash(raw []byte) [32]byte { return sha256.Sum256(raw) }

// Sign encodes body, signs it and gives the transaction's bytes.
func Sign(body *txv1.TxBody, key *ecdsa.PrivateKey) ([]byte, error) {
	b, err := module.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the transaction: %w", err)
	}
	return SignBytes(body.GetChainId(), b, key)
}

// SignBytes signs an encoded body, as an air-gapped desk does.
func SignBytes(chainID string, body []byte, key *ecdsa.PrivateKey) ([]byte, error) {
	sig, err := crypto.Sign(Digest(chainID, body), key)
	if err != nil {
		return nil, fmt.Errorf("sign the transaction: %w", err)
	}
	return module.Marshal(&txv1.Tx{Body: body, Signature: sig})
}

// Unsigned encodes body with zeros where the signature belongs: a transaction
// that can be rehearsed, and carried out nowhere.
func Unsigned(body *txv1.TxBody) ([]byte, error) {
	b, err := module.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the transaction: %w", err)
	}
	return module.Marshal(&txv1.Tx{Body: b, Signature: make([]byte, crypto.SignatureLength)})
}

// IsUnsigned says whether d was made by [Unsigned].
func (d *Decoded) IsUnsigned() bool {
	return bytes.Equal(d.Signature, make([]byte, crypto.SignatureLength))
}

// Decoded is a transaction whose bytes are sound; who signed it, and whether
// it may enter, is not yet known.
type Decoded struct {
	Raw       []byte
	Hash      [32]byte
	BodyBytes []byte
	Signature []byte
	Body      *txv1.TxBody
	// Acts holds the message of each act, in order.
	Acts []proto.Message
}

// Decode reads a transaction strictly: canonical outside, no unknown field at
// any depth, valid UTF-8, at least one act. It never panics.
func Decode(raw []byte) (*Decoded, error) {
	if len(raw) > HardLimit {
		return nil, ErrTooLarge.With("the transaction has %d bytes; at most %d are ever read", len(raw), HardLimit)
	}
	var tx txv1.Tx
	if err := proto.Unmarshal(raw, &tx); err != nil {
		return nil, ErrUndecodable.With("the bytes are not a transaction: %v", err)
	}
	if err := module.NoUnknown(&tx); err != nil {
		return nil, ErrUndecodable.With("%v outside its signed body", err)
	}
	// One transaction has one spelling, or its hash would not identify it.
	if again, err := module.Marshal(&tx); err != nil || !bytes.Equal(again, raw) {
		return nil, ErrUndecodable.With("the transaction's outer encoding is not canonical")
	}
	d := &Decoded{Raw: raw, Hash: Hash(raw), BodyBytes: tx.Body, Signature: tx.Signature, Body: new(txv1.TxBody)}
	if err := proto.Unmarshal(tx.Body, d.Body); err != nil {
		return nil, ErrUndecodable.With("the transaction's body cannot be read: %v", err)
	}
	if err := module.NoUnknown(d.Body); err != nil {
		return nil, ErrUnknownAct.With("%v; update the node or the client", err)
	}
	return d, d.shape()
}

func (d *Decoded) shape() error {
	if len(d.Signature) != crypto.SignatureLength {
		return ErrSignature.With("the signature has %d bytes; it takes %d", len(d.Signature), crypto.SignatureLength)
	}
	if len(d.Body.GetActs()) == 0 {
		return ErrNoActs.With("the transaction holds no act; add at least one")
	}
	if err := module.CheckText("memo", d.Body.GetMemo(), 0, maxMemo); err != nil {
		return ErrMemo.With("%v", err)
	}
	for i, act := range d.Body.GetActs() {
		m := Message(act)
		if m == nil {
			return ErrUnknownAct.With("act %d is empty or unknown to this version", i+1)
		}
		d.Acts = append(d.Acts, m)
	}
	return nil
}

// Message gives the message inside an act, or nil.
func Message(act *txv1.Act) proto.Message {
	r := act.ProtoReflect()
	fd := r.WhichOneof(r.Descriptor().Oneofs().ByName("kind"))
	if fd == nil {
		return nil
	}
	return r.Get(fd).Message().Interface()
}

// Act wraps a message of this ledger as an act.
func Act(m proto.Message) (*txv1.Act, error) {
	act := new(txv1.Act)
	r := act.ProtoReflect()
	fields := r.Descriptor().Oneofs().ByName("kind").Fields()
	for i := range fields.Len() {
		if fd := fields.Get(i); fd.Message().FullName() == m.ProtoReflect().Descriptor().FullName() {
			r.Set(fd, protoreflect.ValueOfMessage(m.ProtoReflect()))
			return act, nil
		}
	}
	return nil, fmt.Errorf("%s is not an act of this ledger", m.ProtoReflect().Descriptor().FullName())
}

// Recover gives the 20-byte address of the key that signed. The chain id is
// the one the body names; the app compares it with its own.
func (d *Decoded) Recover() ([]byte, error) {
	return RecoverAddress(Digest(d.Body.GetChainId(), d.BodyBytes), d.Signature)
}

// RecoverAddress gives the 20-byte address whose key made sig over digest, or
// ErrSignature. High S is refused: each signature has one spelling.
func RecoverAddress(digest, sig []byte) ([]byte, error) {
	if len(sig) != crypto.SignatureLength || sig[64] > 1 {
		return nil, ErrSignature.With("the signature must be 65 bytes R||S||V with V 0 or 1")
	}
	if !lowS(sig[32:64]) {
		return nil, ErrSignature.With("the signature has a high S; use the low one")
	}
	pub, err := crypto.Ecrecover(digest, sig)
	if err != nil {
		return nil, ErrSignature.With("the signature matches no key: %v", err)
	}
	return crypto.Keccak256(pub[1:])[12:], nil
}

// halfN is half the order of secp256k1, rounded down, big-endian.
var halfN = []byte{
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
}

func lowS(s []byte) bool { return bytes.Compare(s, halfN) <= 0 }

// CheckChainID refuses a chain id that could be confused with the rest of a
// signed line: 1 to 50 characters of a-z, A-Z, 0-9, '.', '_' and '-'.
func CheckChainID(id string) error {
	ok := len(id) >= 1 && len(id) <= 50 && utf8.ValidString(id)
	for i := 0; i < len(id) && ok; i++ {
		c := id[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
	}
	if !ok {
		return fmt.Errorf("chain id is %q; write 1 to 50 characters of a-z, A-Z, 0-9, '.', '_' and '-'", id)
	}
	return nil
}

// RequestDigest is what a participant's key signs to ask a gateway for
// something that is not for everybody: 32 bytes. challenge is what the gateway
// gave out for this one request, target the path with its query, body the
// SHA-256 of the request's body (of no bytes, when it has none).
func RequestDigest(chainID, challenge, method, target string, body [32]byte) []byte {
	return crypto.Keccak256([]byte("\x19Filiera request v1\n"+chainID+"\n"+challenge+"\n"+method+"\n"+target+"\n"), body[:])
}
