package client

import "encoding/json"

// Recall is a recall, or a drill of one.
type Recall struct {
	Number               Whole          `json:"number"`
	Drill                bool           `json:"drill"`
	Hazard               Word           `json:"hazard"`
	Reason               string         `json:"reason"`
	LegalBasis           string         `json:"legal_basis"`
	Targets              []RecallTarget `json:"targets"`
	OpenedBy             string         `json:"opened_by"`
	OpenedAt             Instant        `json:"opened_at"`
	OpenedHeight         Whole          `json:"opened_height"`
	DeadlineAt           Instant        `json:"deadline_at"`
	State                Word           `json:"state"`
	Outcome              string         `json:"outcome"`
	ClosedBy             string         `json:"closed_by"`
	ClosedAt             Instant        `json:"closed_at"`
	Lifts                Whole          `json:"lifts"`
	Acknowledgements     Whole          `json:"acknowledgements"`
	LateAcknowledgements Whole          `json:"late_acknowledgements"`
}

// RecallTarget is what a recall begins with.
type RecallTarget struct {
	Kind        Word     `json:"kind"`
	Batch       BatchRef `json:"batch"`
	FirstUnit   Whole    `json:"first_unit"`
	LastUnit    Whole    `json:"last_unit"`
	Certificate string   `json:"certificate"`
}

// RecallSpread is how far a recall has come.
type RecallSpread struct {
	Reached            Whole   `json:"reached"`
	Marked             Whole   `json:"marked"`
	Head               Whole   `json:"head"`
	Tail               Whole   `json:"tail"`
	BegunAt            Instant `json:"begun_at"`
	SettledHeight      Whole   `json:"settled_height"`
	FirstSettledAt     Instant `json:"first_settled_at"`
	FirstSettledHeight Whole   `json:"first_settled_height"`
}

// RecallNotice is what the public is told.
type RecallNotice struct {
	Number           Whole   `json:"number"`
	TextIT           string  `json:"text_it"`
	TextEN           string  `json:"text_en"`
	PublishedAt      Instant `json:"published_at"`
	Corrects         Whole   `json:"corrects"`
	Reason           string  `json:"reason"`
	WithdrawnAt      Instant `json:"withdrawn_at"`
	WithdrawalReason string  `json:"withdrawal_reason"`
}

// RecallSummary is a recall with how far it has come.
type RecallSummary struct {
	Recall Recall       `json:"recall"`
	Spread RecallSpread `json:"spread"`
}

// RecallDetail is a recall with its notice.
type RecallDetail struct {
	RecallSummary
	Height Whole           `json:"height"`
	Notice *RecallNotice   `json:"notice"`
	Proof  json.RawMessage `json:"proof,omitempty"`
}

// RecallBatch is a batch that a recall marked.
type RecallBatch struct {
	GTIN string `json:"gtin"`
	Lot  string `json:"lot"`
	Mark struct {
		Target bool     `json:"target"`
		Via    BatchRef `json:"via"`
	} `json:"mark"`
	Recalled bool           `json:"recalled"`
	Owner    string         `json:"owner"`
	Unit     string         `json:"unit"`
	Left     Whole          `json:"left"`
	Sold     Whole          `json:"sold"`
	Holders  []RecallHolder `json:"holders"`
}

// RecallHolder has some of a recalled batch.
type RecallHolder struct {
	Participant  string `json:"participant"`
	Left         Whole  `json:"left"`
	Acknowledged bool   `json:"acknowledged"`
	Overdue      bool   `json:"overdue"`
}

// RecallReport is what a recall took, and what came of it.
type RecallReport struct {
	Recall         Whole   `json:"recall"`
	Drill          bool    `json:"drill"`
	OpenedAt       Instant `json:"opened_at"`
	Settled        bool    `json:"settled"`
	SettledHeight  Whole   `json:"settled_height"`
	SecondsToReach Whole   `json:"seconds_to_reach"`
	BlocksToReach  Whole   `json:"blocks_to_reach"`
	Waiting        Whole   `json:"waiting"`
	Recalled       Whole   `json:"recalled"`
	LetOut         Whole   `json:"let_out"`
	Holdings       Whole   `json:"holdings"`
	Acknowledged   Whole   `json:"acknowledged"`
	Late           Whole   `json:"late"`
	Products       []struct {
		GTIN    string `json:"gtin"`
		Unit    string `json:"unit"`
		Batches Whole  `json:"batches"`
		Left    Whole  `json:"left"`
		Sold    Whole  `json:"sold"`
		Found   Whole  `json:"found"`
	} `json:"products"`
	Holders []struct {
		Participant  string `json:"participant"`
		Batches      Whole  `json:"batches"`
		Acknowledged Whole  `json:"acknowledged"`
		Late         Whole  `json:"late"`
	} `json:"holders"`
}
