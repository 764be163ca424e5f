package client

import "encoding/json"

// Held is what one participant has of a batch.
type Held struct {
	Batch  BatchRef `json:"batch"`
	Holder string   `json:"holder"`
	Unit   string   `json:"unit"`
	Left   Whole    `json:"left"`
	Packed Whole    `json:"packed"`
	Sold   Whole    `json:"sold"`
}

// Holders is who has what of a batch.
type Holders struct {
	Height Whole           `json:"height"`
	Unit   string          `json:"unit"`
	Left   Whole           `json:"left"`
	Items  []Held          `json:"items"`
	Proof  json.RawMessage `json:"proof,omitempty"`
}

// OfferLine is so much of a batch that is offered, and what the receiver counted.
type OfferLine struct {
	Batch    BatchRef  `json:"batch"`
	Quantity Quantity  `json:"quantity"`
	Counted  *Quantity `json:"counted"`
}

// Offer hands goods to another participant, once both have signed.
type Offer struct {
	Number         Whole       `json:"number"`
	Sender         string      `json:"sender"`
	Receiver       string      `json:"receiver"`
	Lines          []OfferLine `json:"lines"`
	SSCC           string      `json:"sscc"`
	ExpiresAt      Instant     `json:"expires_at"`
	DocumentSHA256 string      `json:"document_sha256"`
	Note           string      `json:"note"`
	Status         Word        `json:"status"`
	Reason         string      `json:"reason"`
	OfferedAt      Instant     `json:"offered_at"`
	AnsweredAt     Instant     `json:"answered_at"`
	ShippingEvent  string      `json:"shipping_event"`
	ReceivingEvent string      `json:"receiving_event"`
	Entry          Whole       `json:"entry"`
}

// UnitContent is so much of a batch in a logistic unit.
type UnitContent struct {
	Batch    BatchRef `json:"batch"`
	Quantity Quantity `json:"quantity"`
	Serials  []string `json:"serials"`
}

// LogisticUnit is a pallet, case or other unit under an SSCC.
type LogisticUnit struct {
	SSCC     string        `json:"sscc"`
	Holder   string        `json:"holder"`
	Parent   string        `json:"parent"`
	Contents []UnitContent `json:"contents"`
	Children []string      `json:"children"`
	PackedAt Instant       `json:"packed_at"`
	PackedBy string        `json:"packed_by"`
}
