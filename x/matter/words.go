package matter

import (
	"strconv"
	"strings"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

type quantityOf = *basev1.Quantity

func quantityIn(amount int64, unit string) *basev1.Quantity {
	return &basev1.Quantity{Amount: amount, Unit: unit}
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func statusWord(s productv1.BatchStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "BATCH_STATUS_"))
}

func kindWord(k matterv1.EntryKind) string {
	return "a " + strings.ToLower(strings.TrimPrefix(k.String(), "ENTRY_KIND_"))
}
