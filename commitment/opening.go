package commitment

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// OpeningFormat names the form of an opening.
const OpeningFormat = "filiera-opening/1"

// maxOpening bounds an encoded opening, in bytes: the value in base64, the rest.
const maxOpening = MaxValue/3*4 + 4<<10

// Opening is what shows a committed value: the value, its salt, and what it is
// the value of. It is a secret.
type Opening struct {
	Place
	Form  Form
	Salt  [SaltSize]byte
	Value []byte
}

// Commitment is what the opening opens.
func (o *Opening) Commitment() [Size]byte { return Of(o.Place, o.Form, o.Salt, o.Value) }

// ErrMismatch says that an opening does not open a commitment.
var ErrMismatch = errors.New("the value is not the one that was committed to: value, salt, field, subject, participant or ledger differ")

// Check refuses an opening that does not open want.
func (o *Opening) Check(want []byte) error {
	got := o.Commitment()
	if subtle.ConstantTimeCompare(got[:], want) != 1 {
		return ErrMismatch
	}
	return nil
}

// openingJSON is an opening as it is written.
type openingJSON struct {
	Format      string `json:"format"`
	ChainID     string `json:"chain_id"`
	Participant string `json:"participant"`
	Subject     string `json:"subject"`
	Field       string `json:"field"`
	Form        string `json:"form"`
	Salt        string `json:"salt"`
	Value       []byte `json:"value"`
}

// Encode gives the opening's one form.
func (o *Opening) Encode() ([]byte, error) {
	value := o.Value
	if value == nil {
		value = []byte{}
	}
	return json.Marshal(openingJSON{
		OpeningFormat, o.ChainID, o.Participant, string(o.Subject), o.Field, string(o.Form), hex.EncodeToString(o.Salt[:]), value,
	})
}

// DecodeOpening reads an opening and refuses every form but that of Encode. It
// does not say that the opening opens anything: see Check.
func DecodeOpening(raw []byte) (*Opening, error) {
	if len(raw) > maxOpening {
		return nil, fmt.Errorf("the opening has %d bytes; at most %d are read", len(raw), maxOpening)
	}
	var j openingJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return nil, fmt.Errorf("the opening is not JSON of the form %s: %w", OpeningFormat, err)
	}
	if j.Format != OpeningFormat {
		return nil, fmt.Errorf("the opening's format is %q; this program reads %s", clip(j.Format), OpeningFormat)
	}
	again, err := json.Marshal(j)
	if err != nil || j.Value == nil || !bytes.Equal(again, raw) {
		return nil, errors.New("the opening is not in its one form: something was added, repeated, reordered or written differently")
	}
	o := &Opening{Place: Place{j.ChainID, j.Participant, Subject(j.Subject), j.Field}, Form: Form(j.Form), Value: j.Value}
	salt, err := hex.DecodeString(j.Salt)
	if err != nil || len(salt) != SaltSize || hex.EncodeToString(salt) != j.Salt {
		return nil, fmt.Errorf("the opening's salt is not %d bytes in small hex digits", SaltSize)
	}
	copy(o.Salt[:], salt)
	if err := o.Subject.Check(); err != nil {
		return nil, err
	}
	canonical, err := o.Form.Canonical(o.Value)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(canonical, o.Value) {
		return nil, errors.New("the opening's text is not in normal form C, or ends with a line break")
	}
	return o, nil
}
