package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/schema"
	"github.com/filiera-chain/filiera/epcis/split"
)

func traceCapture(e *env) *cobra.Command {
	cmd := e.changing(e.leaf("capture FILE|FOLDER|-...", "trace.capture.short",
		"filiera trace capture events/01-farina.json events/02-produzione.json --from pastificio --password-file password.txt\n"+
			"filiera trace capture events --from pastificio --password-file password.txt --error-behaviour proceed --receipts receipts.csv",
		cobra.MinimumNArgs(1), e.runCapture))
	cmd.Long = e.t("trace.capture.long")
	cmd.Flags().String("error-behaviour", "rollback", e.t("flag.error-behaviour"))
	cmd.Flags().String("receipts", "", e.t("flag.receipts"))
	return cmd
}

// capture is one run of the command.
type capture struct {
	*env
	ctx       context.Context
	behaviour tracev1.ErrorBehaviour
	limits    split.Limits
	builder   *client.Builder
	key       *ecdsa.PrivateKey
	signer    string
	bar       *progress
}

// proceed: an event refused does not hold up the others.
func (c *capture) proceed() bool {
	return c.behaviour == tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED
}

// runCapture holds every document against the standard before it sends any,
// then sends them in order, each in as many transactions as it needs.
func (e *env) runCapture(cmd *cobra.Command, args []string) error {
	c := &capture{env: e, ctx: cmd.Context()}
	switch b := e.v.GetString("error-behaviour"); b {
	case "rollback":
	case "proceed":
		c.behaviour = tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED
	default:
		return usage("%s", e.t("bad.error-behaviour", b))
	}
	if err := checkReceiptsPath(e.v.GetString("receipts")); err != nil {
		return err
	}
	inputs, err := e.captureInputs(args)
	if err != nil {
		return err
	}
	if e.v.GetBool("generate-only") && len(inputs) != 1 {
		return usage("%s", e.t("one.file.only"))
	}
	defer func() {
		for _, in := range inputs {
			in.close()
		}
	}()
	if err := c.findLimits(); err != nil {
		return err
	}
	invalid, total := false, 0
	for _, in := range inputs {
		c.check(in)
		invalid = invalid || (in.receipt.Code != "" && !c.proceed())
		total += in.receipt.Total
	}
	switch {
	case invalid:
		return e.finishCapture(inputs)
	case e.v.GetBool("dry-run"):
		if err := c.rehearseAll(inputs); err != nil {
			return err
		}
		return e.finishCapture(inputs)
	case e.v.GetBool("generate-only"):
		return c.generate(inputs[0])
	}
	if err := c.open(total); err != nil {
		return err
	}
	err = c.sendAll(inputs)
	c.bar.end()
	if printed := e.finishCapture(inputs); err == nil {
		err = printed
	}
	return err
}

// findLimits asks the ledger what one transaction may carry. Without a node,
// where none is needed, the usual parameters serve.
func (c *capture) findLimits() error {
	p := &registryv1.Params{MaxDocumentBytes: 512 << 10, MaxEventsPerDocument: 1000, MaxTxBytes: 1 << 20}
	node, err := c.client()
	if err != nil {
		return err
	}
	if asked, err := node.Params(c.ctx); err == nil {
		p = asked
	} else if !c.v.GetBool("dry-run") && !c.v.GetBool("generate-only") {
		return err
	}
	const around = 4 << 10 // of a transaction, beside its document
	most := min(int(p.GetMaxDocumentBytes()), int(p.GetMaxTxBytes())-around)
	c.limits = split.Limits{MaxBytes: most, MaxValues: max(40_000, most/8), MaxEvents: int(p.GetMaxEventsPerDocument())}
	return nil
}

func (c *capture) open(total int) (err error) {
	if c.builder, err = c.env.builder(c.ctx); err != nil {
		return err
	}
	if c.key, c.signer, err = c.unlock(""); err != nil {
		return err
	}
	c.bar = newProgressOf(c.env, max(total, 1), "capture.progress")
	return nil
}

func (c *capture) generate(in *captureInput) error {
	var only []byte
	err := in.pieces(func(p split.Piece) error {
		if p.Number > 0 || p.Document == nil {
			return usage("%s", c.t("capture.generate.large", in.path, c.limits.MaxBytes, c.limits.MaxEvents))
		}
		only = p.Document
		return nil
	})
	if err != nil {
		return err
	}
	return c.carry(c.ctx, &tracev1.MsgCapture{Document: only, ErrorBehaviour: c.behaviour})
}

// parseLimits are those under which the ledger reads one document.
func (c *capture) parseLimits(keepFaulty bool) epcis.Limits {
	return epcis.Limits{MaxBytes: c.limits.MaxBytes, MaxValues: c.limits.MaxValues, MaxEvents: c.limits.MaxBytes, KeepFaulty: keepFaulty}
}

// check holds a document against the standard, piece by piece. What it finds is
// in the receipt: of the whole document, or, where the rest proceeds, of events.
func (c *capture) check(in *captureInput) {
	r := in.receipt
	if r.Code != "" { // it could not even be read
		return
	}
	if err := in.divide(c.limits); err != nil {
		r.invalid(err)
		return
	}
	if r.Total = in.doc.Events; r.Total == 0 {
		r.invalid(errors.New("the document has no events: the ledger records events, and no EPCIS master data"))
		return
	}
	err := in.pieces(func(p split.Piece) error {
		if err := c.checkPiece(in, p); err != nil {
			return err
		}
		r.Pieces++
		return nil
	})
	if err != nil {
		r.invalid(shiftIndex(err, 0))
	}
}

func (c *capture) checkPiece(in *captureInput, p split.Piece) error {
	fault := p.Fault
	if fault == nil {
		if fault = schema.ValidateLimits(p.Document, c.parseLimits(false)); fault == nil {
			_, fault = epcis.Parse(p.Document, c.parseLimits(false))
		}
	}
	switch {
	case fault == nil:
		return nil
	case !c.proceed() && p.Fault != nil:
		return fault
	case !c.proceed():
		return shiftIndex(fault, p.First)
	case p.Fault != nil:
		in.faults[p.First] = fault
		return nil
	}
	return c.checkAlone(in, p, fault)
}

// checkAlone finds which events of a piece are at fault.
func (c *capture) checkAlone(in *captureInput, p split.Piece, fault error) error {
	one := c.limits
	one.MaxEvents = 1
	found := false
	err := eachPiece(p.Document, one, func(alone split.Piece) error {
		err := schema.ValidateLimits(alone.Document, c.parseLimits(false))
		if err == nil {
			_, err = epcis.Parse(alone.Document, c.parseLimits(false))
		}
		if err != nil {
			found = true
			in.faults[p.First+alone.First] = shiftIndex(err, p.First+alone.First)
		}
		return nil
	})
	if err == nil && (!found || len(in.faults) == in.doc.Events) {
		return shiftIndex(fault, p.First) // what is wrong is the document around the events
	}
	return err
}

// sendAll sends the documents in order. It ends early for what is no refusal:
// the node does not answer.
func (c *capture) sendAll(inputs []*captureInput) error {
	for _, in := range inputs {
		if in.receipt.Code != "" {
			continue
		}
		if err := c.sendDocument(in); err != nil {
			return err
		}
	}
	return nil
}

// errHeld ends the pieces of a document after one was refused.
var errHeld = errors.New("a piece was refused")

func (c *capture) sendDocument(in *captureInput) error {
	log, err := c.openCaptureLog(in)
	if err != nil {
		return err
	}
	defer log.close()
	if n := log.known(); n > 0 {
		fmt.Fprintln(c.err, c.t("capture.resumed", in.path, n, in.receipt.Total))
	}
	in.receipt.State = "captured"
	err = in.pieces(func(p split.Piece) error {
		done, err := c.sendPiece(in, log, p)
		in.receipt.Events = append(in.receipt.Events, done...)
		if err == nil || errors.Is(err, errHeld) {
			for range p.Count {
				c.bar.step()
			}
		}
		return err
	})
	switch {
	case errors.Is(err, errHeld):
		return nil
	case err != nil:
		in.receipt.State = "interrupted"
		fmt.Fprintln(c.err, c.t("capture.again", in.path))
		return err
	}
	return log.finish()
}

// sendPiece sends one piece, without the events that are known to be no events,
// and gives the receipts of all of it.
func (c *capture) sendPiece(in *captureInput, log *captureLog, p split.Piece) ([]eventReceipt, error) {
	if done, err := c.doneBefore(log, p.Number); err != nil {
		return nil, err
	} else if done != nil {
		in.receipt.took(done.Tx, done.Height)
		return done.Events, nil
	}
	receipts, document, err := c.withoutFaults(in, p)
	if err != nil || document == nil {
		return receipts, err
	}
	result, err := c.deliver(log, p.Number, document)
	var refusal *client.Problem
	if errors.As(err, &refusal) && !refusal.NodeFault() {
		return c.refusedPiece(in, receipts, refusal, p.First)
	}
	if err != nil { // sent, perhaps, and no answer
		for i := range receipts {
			if receipts[i].Outcome == "" {
				receipts[i].Outcome = outcomeUnknown
			}
		}
		return receipts, err
	}
	in.receipt.took(result.Hash, int64(result.Height))
	if result.Height == 0 { // --no-wait
		in.receipt.State = "sent"
		return nil, nil
	}
	if err := fill(receipts, result); err != nil {
		return nil, fmt.Errorf("the receipts of %s cannot be read: %w", in.path, err)
	}
	return receipts, log.add(pieceDone{Piece: p.Number, Tx: result.Hash, Height: int64(result.Height), Events: receipts})
}

// withoutFaults gives a receipt for each event of a piece, filled for those that
// are not sent, and the document to send; nil when none is left.
func (c *capture) withoutFaults(in *captureInput, p split.Piece) ([]eventReceipt, []byte, error) {
	receipts := make([]eventReceipt, p.Count)
	left := 0
	for i := range receipts {
		receipts[i].Index = p.First + i
		if fault := in.faults[p.First+i]; fault != nil {
			receipts[i].refuse("trace.invalid_document", fault.Error())
			continue
		}
		left++
	}
	if left == 0 && p.Count > 0 {
		return receipts, nil, nil
	}
	document := p.Document
	if left < p.Count {
		var err error
		if document, err = keepEvents(document, c.limits, func(i int) bool { return receipts[i].Outcome == "" }); err != nil {
			return nil, nil, err
		}
	}
	doc, err := epcis.Parse(document, c.parseLimits(true))
	if err != nil {
		return nil, nil, err
	}
	next := 0
	for i := range receipts {
		if receipts[i].Outcome != "" || next >= len(doc.Events) {
			continue
		}
		if event := &doc.Events[next]; event.Fault == nil {
			receipts[i].describe(event)
		}
		next++
	}
	return receipts, document, nil
}

// refusedPiece writes a refusal into every event of a piece. Where the rest
// proceeds, the next pieces are sent; otherwise the document ends here.
func (c *capture) refusedPiece(in *captureInput, receipts []eventReceipt, refusal *client.Problem, first int) ([]eventReceipt, error) {
	message := shiftText(refusal.Detail, first)
	for i := range receipts {
		if receipts[i].Outcome == "" {
			receipts[i].refuse(refusal.Code, message)
			receipts[i].Tx, receipts[i].Height = refusal.Hash, refusal.Height
		}
	}
	in.receipt.State, in.receipt.Code, in.receipt.Reason = "refused", refusal.Code, message
	in.receipt.took(refusal.Hash, refusal.Height)
	if c.proceed() {
		return receipts, nil
	}
	return receipts, errHeld
}
