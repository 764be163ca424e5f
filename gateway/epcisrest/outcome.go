package epcisrest

import (
	"encoding/json"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/index"
)

// refusal tells what the ledger said against a capture.
func refusal(id, sentence string) *Problem {
	name := "ValidationException"
	switch id {
	case "trace.not_holder", "trace.not_reporter", "tx.unknown_key", "tx.retired_key", "tx.inactive_participant",
		"registry.not_allowed", "registry.out_of_scope", "registry.out_of_dates":
		name = "SecurityException"
	case "trace.document_too_large", "trace.too_many_events", "tx.too_large", "trace.limit_reached":
		name = "CaptureLimitExceededException"
	case "trace.event_id_taken":
		name = "ResourceAlreadyExistsException"
	}
	p := exception(name, "%s", sentence)
	if id != "" {
		p.Code = id
	}
	return p
}

// maxErrors bounds the problems that a job keeps.
const maxErrors = 1000

func (j *job) addError(p *Problem) {
	j.success = false
	var list []json.RawMessage
	if json.Unmarshal([]byte(j.errors), &list) != nil || len(list) >= maxErrors {
		return
	}
	b, err := json.Marshal(p)
	if err != nil {
		return
	}
	list = append(list, b)
	if b, err = json.Marshal(list); err == nil {
		j.errors = string(b)
	}
}

// refuse counts the events of a part that was refused whole.
func (j *job) refuse(p part, why *Problem) {
	j.refused += p.count
	j.addError(why)
}

// count reads the receipts of a part.
func (j *job) count(p part, tx *index.Tx) error {
	if tx.Code != 0 {
		j.refuse(p, refusal(tx.ID, tx.Message))
		return nil
	}
	var results txv1.TxResult
	if err := proto.Unmarshal(tx.Results, &results); err != nil {
		return err
	}
	if len(results.GetResults()) != 1 {
		return errors.New("a capture has not one result")
	}
	var receipts tracev1.CaptureResult
	if err := proto.Unmarshal(results.GetResults()[0], &receipts); err != nil {
		return err
	}
	for i, r := range receipts.GetReceipts() {
		switch r.GetOutcome() {
		case tracev1.Outcome_OUTCOME_DUPLICATE:
			j.duplicate++
		case tracev1.Outcome_OUTCOME_REFUSED:
			j.refused++
			why := refusal(r.GetRefusal(), r.GetMessage())
			why.Instance = fmt.Sprintf("/eventList/%d", p.first+i)
			j.addError(why)
		default:
			j.accepted++
		}
	}
	return nil
}

// splitter gives the documents of a job's parts.
type splitter struct {
	raw   []byte
	whole bool
	doc   *parsed
}

func (sp *splitter) part(p part) ([]byte, error) {
	if sp.whole {
		return sp.raw, nil
	}
	if sp.doc == nil {
		var err error
		if sp.doc, err = parseKept(sp.raw); err != nil {
			return nil, err
		}
	}
	return sp.doc.slice(p.first, p.count)
}
