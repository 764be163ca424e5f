package epcisrest

import (
	"bytes"
	"fmt"
	"math"

	"github.com/filiera-chain/filiera/epcis"
)

// parsed is a document kept for a job, read again.
type parsed struct{ doc *epcis.Document }

func parseKept(raw []byte) (*parsed, error) {
	doc, err := epcis.Parse(raw, epcis.Limits{MaxBytes: proceedBytes, MaxValues: proceedBytes / 8, MaxEvents: math.MaxInt32})
	if err != nil {
		return nil, fmt.Errorf("a document that was taken cannot be read any more: %w", err)
	}
	return &parsed{doc}, nil
}

// slice writes a document of count events from first on, under the head of the
// whole one.
func (p *parsed) slice(first, count int) ([]byte, error) {
	if first < 0 || count < 1 || first+count > len(p.doc.Events) {
		return nil, fmt.Errorf("events %d to %d of %d", first, first+count, len(p.doc.Events))
	}
	created := canonical(p.doc.Tree.Get("creationDate"))
	version := canonical(p.doc.Tree.Get("schemaVersion"))
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"@context":%s,"type":"EPCISDocument","schemaVersion":%s,"creationDate":%s,"epcisBody":{"eventList":[`,
		contextOf(p.doc), orDefault(version, `"2.0"`), orDefault(created, `"1970-01-01T00:00:00Z"`))
	for i := range count {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(eventJSON(p.doc, first+i))
	}
	out.WriteString("]}}")
	return out.Bytes(), nil
}

func orDefault(b []byte, otherwise string) []byte {
	if len(b) == 0 || string(b) == "null" {
		return []byte(otherwise)
	}
	return b
}

// canonical is a value as canonical JSON, nothing when it is absent.
func canonical(v *epcis.Value) []byte {
	if v == nil {
		return nil
	}
	return v.AppendCanonical(nil)
}
