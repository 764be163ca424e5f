package verify

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/registers"
)

// RegisterProof is what a proof about a register shows.
type RegisterProof struct {
	Document *registers.Document
	Register *ledgerv1.Register
	// Append is the one whose root it leads to, Earlier the other one of a proof of
	// consistency.
	Append, Earlier *ledgerv1.RegisterAppend
	// Ledger is the state that was proven.
	Ledger Ledger
}

// RegisterKeys are the records that a proof about a register rests on, ascending.
// earlier is 0 for none.
func RegisterKeys(register string, earlier, number uint64) [][]byte {
	keys := [][]byte{statekey.Register(register)}
	if earlier != 0 {
		keys = append(keys, statekey.RegisterAppend(register, earlier))
	}
	return append(keys, statekey.RegisterAppend(register, number))
}

// CheckRegisterProof verifies a proof about a register, of the form
// filiera-register/1, with nothing but trust.
func CheckRegisterProof(raw []byte, trust Trust) (*RegisterProof, error) {
	d, err := registers.Decode(raw)
	if err != nil {
		return nil, &CheckError{CheckForm, err}
	}
	earlier := uint64(0)
	if d.Consistency != nil {
		earlier = d.Consistency.Append
	}
	values, at, err := CheckRecordProof(d.Ledger, trust, RegisterKeys(d.Register, earlier, d.Append)...)
	if err != nil {
		return nil, err
	}
	p := &RegisterProof{Document: d, Register: new(ledgerv1.Register), Append: new(ledgerv1.RegisterAppend), Ledger: at}
	into := []proto.Message{p.Register, p.Append}
	if earlier != 0 {
		p.Earlier = new(ledgerv1.RegisterAppend)
		into = []proto.Message{p.Register, p.Earlier, p.Append}
	}
	for i, m := range into {
		if values[i] == nil {
			return nil, &CheckError{CheckAnswer, fmt.Errorf("the ledger has no register %s with append %d", d.Register, d.Append)}
		}
		if err := proto.Unmarshal(values[i], m); err != nil {
			return nil, &CheckError{CheckAnswer, err}
		}
	}
	r, err := decodeRecordProof(d.Ledger)
	if err == nil && len(r.Records) != len(values) {
		err = fmt.Errorf("the proof has %d records and rests on %d", len(r.Records), len(values))
	}
	if err == nil {
		err = d.Check(anchorOf(p.Append), anchorOf(p.Earlier), len(p.Register.GetColumns()), slices.Index(p.Register.GetColumns(), p.Register.GetKeyColumn()))
	}
	if err != nil {
		return nil, &CheckError{CheckAnswer, err}
	}
	return p, nil
}

func anchorOf(a *ledgerv1.RegisterAppend) registers.Anchor {
	out := registers.Anchor{Size: a.GetSize()}
	copy(out.Root[:], a.GetRoot())
	copy(out.SortedRoot[:], a.GetSortedRoot())
	return out
}
