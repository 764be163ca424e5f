package verify

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module/statekey"
)

// Bounds of a proof about a file: the acts that it shows, and who it names.
const (
	maxProvenActs  = 10
	maxProvenNames = 5
)

// FileActs is what a ledger knows of a file: nothing, when Uses is empty.
type FileActs struct {
	SHA256 []byte
	Uses   []*ledgerv1.DocumentUse
	// Acts of the uses, in order of id, at most 10 different ones; More is how many
	// there are beside them.
	Acts []*ledgerv1.Act
	More int
	// Names of participants that deposited the acts or vouched for them, by id, as
	// far as they are proven.
	Names map[string]string
	// Keys of every record that this rests on, ascending.
	Keys [][]byte
	// Ledger is the state that was proven.
	Ledger Ledger
}

// OtherFileError says that a proof is about other files.
type OtherFileError struct {
	SHA256 []byte
	Proven [][]byte
}

func (e *OtherFileError) Error() string {
	sums := make([]string, len(e.Proven))
	for i, s := range e.Proven {
		sums[i] = hex.EncodeToString(s)
	}
	return fmt.Sprintf("the file's SHA-256 is %x, and the proof is about %s: it is another file, or it was changed", e.SHA256, strings.Join(sums, ", "))
}

// GatherFile reads what the ledger knows of a file, by the SHA-256 of it, of what
// was signed in it, or of an attachment.
func GatherFile(src Source, sum []byte) (*FileActs, error) {
	if len(sum) != 32 {
		return nil, fmt.Errorf("a SHA-256 has 32 bytes; this one has %d", len(sum))
	}
	f := &FileActs{SHA256: sum, Names: map[string]string{}}
	uses := &ledgerv1.DocumentUses{}
	there, err := f.read(src, statekey.LedgerDocument(sum), uses)
	if err != nil || !there {
		return f, err
	}
	if !bytes.Equal(uses.GetSha256(), sum) || len(uses.GetUses()) == 0 {
		return nil, fmt.Errorf("the record of the file %x is about another one", sum)
	}
	f.Uses = uses.GetUses()
	ids := map[string]bool{}
	for _, u := range f.Uses {
		ids[u.GetAct()] = true
	}
	for i, id := range sortedIDs(ids) {
		if i >= maxProvenActs {
			f.More++
			continue
		}
		a := &ledgerv1.Act{}
		if there, err := f.read(src, statekey.LedgerAct(id), a); err != nil || !there {
			return nil, errors.Join(fmt.Errorf("the file belongs to %s, which is not there", id), err)
		}
		f.Acts = append(f.Acts, a)
	}
	err = f.names(src)
	sort.Slice(f.Keys, func(i, j int) bool { return bytes.Compare(f.Keys[i], f.Keys[j]) < 0 })
	return f, err
}

func sortedIDs(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// read gets a record, and notes its key.
func (f *FileActs) read(src Source, key []byte, into proto.Message) (bool, error) {
	b, err := src.Get(key)
	if err != nil {
		return false, err
	}
	f.Keys = append(f.Keys, key)
	if b == nil {
		return false, nil
	}
	return true, proto.Unmarshal(b, into)
}

// names reads who deposited and who vouched, the first few.
func (f *FileActs) names(src Source) error {
	ids := map[string]bool{}
	for _, a := range f.Acts {
		ids[a.GetDepositedBy()] = true
	}
	for _, a := range f.Acts {
		for _, v := range a.GetVouchings() {
			if len(ids) < maxProvenNames {
				ids[v.GetParticipant()] = true
			}
		}
	}
	for i, id := range sortedIDs(ids) {
		if i >= maxProvenNames {
			return nil
		}
		p := &registryv1.Participant{}
		if there, err := f.read(src, statekey.Participant(id), p); err != nil || !there {
			return errors.Join(fmt.Errorf("participant %s is not there", id), err)
		}
		f.Names[id] = p.GetName()
	}
	return nil
}

// CheckFileProof verifies a proof about a file, of the form filiera-record/1, with
// nothing but trust. A proof that is about other files is an *OtherFileError; one
// that shows that the ledger does not know the file gives no uses.
func CheckFileProof(raw []byte, trust Trust, sum []byte) (*FileActs, error) {
	r, err := decodeRecordProof(raw)
	if err != nil {
		return nil, &CheckError{CheckForm, err}
	}
	var about [][]byte
	mine, prefix := statekey.LedgerDocument(sum), statekey.LedgerDocument(nil)
	found := false
	for _, record := range r.Records {
		if bytes.HasPrefix(record.Key, prefix) {
			about = append(about, record.Key[len(prefix):])
			found = found || bytes.Equal(record.Key, mine)
		}
	}
	if !found {
		return nil, &OtherFileError{sum, about}
	}
	keys := make([][]byte, len(r.Records))
	for i := range r.Records {
		keys[i] = r.Records[i].Key
	}
	values, at, err := CheckRecordProof(raw, trust, keys...)
	if err != nil {
		return nil, err
	}
	records := map[string][]byte{}
	for i := range keys {
		records[string(keys[i])] = values[i]
	}
	p := proven{records: records, ranges: map[string]provenRange{}, read: map[string]bool{}}
	f, err := GatherFile(p, sum)
	if err != nil {
		return nil, &CheckError{CheckAnswer, err}
	}
	if n := len(records) - len(p.read); n > 0 {
		return nil, &CheckError{CheckAnswer, fmt.Errorf("expected records that the answer rests on, and no others; it does not rest on %d", n)}
	}
	f.Ledger = at
	return f, nil
}
