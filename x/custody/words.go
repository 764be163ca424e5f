package custody

import (
	"strings"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
)

func statusWord(s custodyv1.OfferStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "OFFER_STATUS_"))
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
