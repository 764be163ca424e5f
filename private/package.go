package private

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
)

// PackageFormat names the form of a package.
const PackageFormat = "filiera-sealed/1"

// MaxPackage bounds an encoded package, in bytes.
const MaxPackage = (maxPadded+tagSize+2)/3*4 + 4<<10

// Header is the part of a package that anybody can read, and nobody can change.
type Header struct {
	Format  string `json:"format"`
	ChainID string `json:"chain_id"`
	// Commitment is the record's id: 64 small hex digits.
	Commitment string `json:"commitment"`
	Field      string `json:"field"`
	From       string `json:"from"`
	To         string `json:"to"`
	// Address is that of the recipient's key it is sealed to: 40 small hex
	// digits.
	Address string `json:"address"`
}

// Package is an opening sealed to one key of one recipient.
type Package struct {
	Header
	// Ephemeral is the sender's key for this package: 33 bytes, in hex.
	Ephemeral  string `json:"ephemeral"`
	Ciphertext []byte `json:"ciphertext"`
}

func (h Header) about() []byte {
	return parts(h.Format, h.ChainID, h.Commitment, h.Field, h.From, h.To, h.Address)
}

// Seal seals an opening of the record with that id to a recipient's public
// key: 33 bytes, compressed.
func Seal(o *commitment.Opening, n Name, to string, public []byte) (*Package, error) {
	pub, err := crypto.DecompressPubkey(public)
	if err != nil {
		return nil, fmt.Errorf("the key of %s is not a compressed secp256k1 key: %w", to, err)
	}
	raw, err := o.Encode()
	if err != nil {
		return nil, err
	}
	once, err := crypto.GenerateKey()
	if err != nil {
		return nil, err
	}
	ephemeral := crypto.CompressPubkey(&once.PublicKey)
	p := &Package{
		Header: Header{
			Format: PackageFormat, ChainID: o.ChainID, Commitment: n.ID(), Field: n.Field, From: o.Participant, To: to,
			Address: hex.EncodeToString(crypto.PubkeyToAddress(*pub).Bytes()),
		},
		Ephemeral: hex.EncodeToString(ephemeral),
	}
	key, nonce, err := agree(once, public, ephemeral, public)
	if err != nil {
		return nil, err
	}
	g, err := aead(key)
	if err != nil {
		return nil, err
	}
	p.Ciphertext = g.Seal(nil, nonce, pad(raw), p.about())
	return p, nil
}

// ErrNotForKey says that a package is sealed to another key.
var ErrNotForKey = errors.New("the package is sealed to another key")

// Open gives the opening in a package. It says that the opening is of what the
// header names, and not yet that it opens the ledger's commitment.
func (p *Package) Open(key *ecdsa.PrivateKey) (*commitment.Opening, error) {
	if addressOf(key) != p.Address {
		return nil, fmt.Errorf("%w, 0x%s", ErrNotForKey, p.Address)
	}
	ephemeral, err := hex.DecodeString(p.Ephemeral)
	if err != nil {
		return nil, ErrDamaged
	}
	k, nonce, err := agree(key, ephemeral, ephemeral, crypto.CompressPubkey(&key.PublicKey))
	if err != nil {
		return nil, err
	}
	g, err := aead(k)
	if err != nil {
		return nil, err
	}
	raw, err := g.Open(nil, nonce, p.Ciphertext, p.about())
	if err != nil {
		return nil, ErrDamaged
	}
	o, err := commitment.DecodeOpening(unpad(raw))
	if err != nil {
		return nil, err
	}
	if o.ChainID != p.ChainID || o.Field != p.Field || o.Participant != p.From {
		return nil, fmt.Errorf("the package says that it is field %s of %s on %s, and holds field %s of %s on %s", p.Field, p.From, p.ChainID, o.Field, o.Participant, o.ChainID)
	}
	return o, nil
}

// Name is the field that the package is of.
func (p *Package) Name() (Name, error) { return ParseName(p.Commitment, p.Field) }

// Encode gives the package's one form.
func (p *Package) Encode() ([]byte, error) { return json.Marshal(p) }

// DecodePackage reads a package and refuses every form but that of Encode,
// save for space around it, as mail programs and editors leave.
func DecodePackage(raw []byte) (*Package, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) > MaxPackage {
		return nil, fmt.Errorf("the package has %d bytes; at most %d are read", len(raw), MaxPackage)
	}
	p := new(Package)
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, fmt.Errorf("the package is not JSON of the form %s: %w", PackageFormat, err)
	}
	if p.Format != PackageFormat {
		return nil, fmt.Errorf("the package's format is %q; this program reads %s", clip(p.Format), PackageFormat)
	}
	again, err := p.Encode()
	if err != nil || !bytes.Equal(again, raw) {
		return nil, errors.New("the package is not in its one form: something was added, repeated, reordered or written differently")
	}
	return p, p.check()
}

func (p *Package) check() error {
	if _, err := p.Name(); err != nil || len(p.Commitment) != 2*commitment.Size || !isHex(p.Commitment, commitment.Size) {
		return fmt.Errorf("the package names no field of a commitment: %q of %q", clip(p.Field), clip(p.Commitment))
	}
	for field, id := range map[string]string{"from": p.From, "to": p.To} {
		if err := module.CheckSlug(field, id, 3, 40); err != nil {
			return err
		}
	}
	if !isHex(p.Address, 20) || !isHex(p.Ephemeral, 33) || len(p.Ciphertext) <= tagSize {
		return errors.New("the package's address, ephemeral key or ciphertext is not whole")
	}
	return nil
}

// isHex knows n bytes in small hex digits.
func isHex(s string, n int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == n && hex.EncodeToString(b) == s
}
