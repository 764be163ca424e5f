package registry

import (
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// DefaultParams are the limits that a new ledger starts with.
func DefaultParams() *registryv1.Params {
	return &registryv1.Params{
		MaxTxBytes:              1 << 20,
		MaxMsgsPerTx:            100,
		MaxDocumentBytes:        512 << 10,
		MaxTxsPerSignerPerBlock: 20_000,
		MaxExpirySeconds:        24 * 3600,
		MaxLanesPerSigner:       256,
		LanesPrunedPerBlock:     100,
		ExpiriesPerBlock:        100,
		ApprovalNumerator:       1,
		ApprovalDenominator:     2,
		ProposalSeconds:         30 * 24 * 3600,
		MaxEventAheadSeconds:    300,
		MaxEventsPerDocument:    1000,
		RecallStepsPerBlock:     2000,
		RecallStepsBack:         256,
		ContractCostPerTx:       500_000,
	}
}

// CheckParams refuses parameters that would stop the ledger or let one sender
// fill it.
func CheckParams(p *registryv1.Params) error {
	if p == nil {
		return ErrParams.With("parameters are missing")
	}
	for _, c := range []struct {
		name        string
		value       int64
		least, most int64
	}{
		{"max_tx_bytes", int64(p.GetMaxTxBytes()), 1 << 10, 4 << 20},
		{"max_msgs_per_tx", int64(p.GetMaxMsgsPerTx()), 1, 10_000},
		{"max_document_bytes", int64(p.GetMaxDocumentBytes()), 1 << 10, 4 << 20},
		{"max_txs_per_signer_per_block", int64(p.GetMaxTxsPerSignerPerBlock()), 1, 1_000_000},
		{"max_expiry_seconds", p.GetMaxExpirySeconds(), 60, 30 * 24 * 3600},
		{"max_lanes_per_signer", int64(p.GetMaxLanesPerSigner()), 1, 100_000},
		{"lanes_pruned_per_block", int64(p.GetLanesPrunedPerBlock()), 1, 10_000},
		{"expiries_per_block", int64(p.GetExpiriesPerBlock()), 1, 10_000},
		{"approval_denominator", int64(p.GetApprovalDenominator()), 1, 1000},
		// Below the denominator, or no number of approvals would pass.
		{"approval_numerator", int64(p.GetApprovalNumerator()), 0, int64(p.GetApprovalDenominator()) - 1},
		{"proposal_seconds", p.GetProposalSeconds(), 60, 366 * 24 * 3600},
		{"max_event_ahead_seconds", p.GetMaxEventAheadSeconds(), 0, 24 * 3600},
		{"max_events_per_document", int64(p.GetMaxEventsPerDocument()), 1, 100_000},
		{"recall_steps_per_block", int64(p.GetRecallStepsPerBlock()), 1, 100_000},
		{"recall_steps_back", int64(p.GetRecallStepsBack()), 1, 10_000},
		{"contract_cost_per_tx", int64(min(p.GetContractCostPerTx(), 1<<62)), 1000, 10_000_000},
	} {
		if c.value < c.least || c.value > c.most {
			return ErrParams.With("%s is %d; it takes %d to %d", c.name, c.value, c.least, c.most)
		}
	}
	return nil
}

// SetParams writes the limits; genesis and a passed proposal use it.
func (r *Registry) SetParams(ctx *module.Context, p *registryv1.Params) error {
	if err := CheckParams(p); err != nil {
		return err
	}
	ctx.Emit(&registryv1.ParamsChanged{Params: p})
	return r.params.Set(ctx, p)
}

// passes says whether approvals of n authorities carry a decision:
// approvals/n > numerator/denominator, so 1/2 asks for more than half.
func passes(p *registryv1.Params, approvals, n int) bool {
	return int64(approvals)*int64(p.GetApprovalDenominator()) > int64(n)*int64(p.GetApprovalNumerator())
}

// Needed is how many approvals of n authorities carry a decision.
func Needed(p *registryv1.Params, n int) int {
	for m := 1; m < n; m++ {
		if passes(p, m, n) {
			return m
		}
	}
	return max(n, 1)
}
