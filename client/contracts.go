package client

// ContractVersion is a version of a contract.
type ContractVersion struct {
	Contract        string             `json:"contract"`
	Version         Whole              `json:"version"`
	SHA256          string             `json:"sha256"`
	Specification   string             `json:"specification"`
	InForceFrom     string             `json:"in_force_from"`
	InForceTo       string             `json:"in_force_to"`
	Triggers        []string           `json:"triggers"`
	MaxCost         Whole              `json:"max_cost"`
	Status          Word               `json:"status"`
	DeployedBy      string             `json:"deployed_by"`
	DeployedAt      Instant            `json:"deployed_at"`
	Approvers       []string           `json:"approvers"`
	ApprovalsNeeded Whole              `json:"approvals_needed"`
	Approvals       []ContractApproval `json:"approvals"`
	ActiveFrom      string             `json:"active_from"`
	WithdrawnAt     Instant            `json:"withdrawn_at"`
	WithdrawnReason string             `json:"withdrawn_reason"`
	SupersededBy    Whole              `json:"superseded_by"`
	Changes         []ContractChange   `json:"changes"`
	TitleIT         string             `json:"title_it"`
	TitleEN         string             `json:"title_en"`
}

// ContractApproval is a participant's consent to a version.
type ContractApproval struct {
	Participant string  `json:"participant"`
	As          string  `json:"as"`
	At          Instant `json:"at"`
}

// ContractChange is a figure that was set without a new version.
type ContractChange struct {
	Parameter string `json:"parameter"`
	Value     string `json:"value"`
	Day       string `json:"day"`
	From      string `json:"from"`
	SetBy     string `json:"set_by"`
	Reason    string `json:"reason"`
}

// ContractDetail is a contract with its versions.
type ContractDetail struct {
	Contract string            `json:"contract"`
	Versions []ContractVersion `json:"versions"`
}

// ContractText is the document of a version.
type ContractText struct {
	Contract string `json:"contract"`
	Version  Whole  `json:"version"`
	SHA256   string `json:"sha256"`
	Text     string `json:"text"`
}

// BatchRulings is what contracts said of a batch.
type BatchRulings struct {
	Rulings      []BatchRuling      `json:"rulings"`
	Consequences []Consequence      `json:"consequences"`
	Declarations []BatchDeclaration `json:"declarations"`
}

// BatchRuling is a ruling with its results in words.
type BatchRuling struct {
	Ruling Ruling        `json:"ruling"`
	Words  []RuleInWords `json:"words"`
}

// Ruling is what a version said of a batch at a trigger.
type Ruling struct {
	Trigger      string  `json:"trigger"`
	Contract     string  `json:"contract"`
	Version      Whole   `json:"version"`
	Subject      string  `json:"subject"`
	Decision     string  `json:"decision"`
	Cost         Whole   `json:"cost"`
	JudgedAt     Instant `json:"judged_at"`
	JudgedHeight Whole   `json:"judged_height"`
}

// RuleInWords is how one rule ended.
type RuleInWords struct {
	Rule     string `json:"rule"`
	Outcome  string `json:"outcome"`
	Severity string `json:"severity"`
	Sentence string `json:"sentence"`
}

// Consequence is what followed from a rule.
type Consequence struct {
	Batch       BatchRef `json:"batch"`
	Contract    string   `json:"contract"`
	Version     Whole    `json:"version"`
	Rule        string   `json:"rule"`
	Kind        Word     `json:"kind"`
	Word        string   `json:"word"`
	Until       string   `json:"until"`
	Points      Whole    `json:"points"`
	Participant string   `json:"participant"`
	Since       Instant  `json:"since"`
	EndedAt     Instant  `json:"ended_at"`
	EndedReason string   `json:"ended_reason"`
}

// BatchDeclaration is what a participant declared of a batch.
type BatchDeclaration struct {
	Participant   string  `json:"participant"`
	Facts         string  `json:"facts"`
	Number        Whole   `json:"number"`
	ByControlBody bool    `json:"by_control_body"`
	At            Instant `json:"at"`
}

// BatchFacts is what contracts would see of a batch.
type BatchFacts struct {
	Height Whole  `json:"height"`
	Facts  string `json:"facts"`
}

// Points is what a participant was awarded under a contract.
type Points struct {
	Participant string `json:"participant"`
	Contract    string `json:"contract"`
	Points      Whole  `json:"points"`
	Awards      Whole  `json:"awards"`
}

// Agreement binds its parties (D.L. 135/2018 art. 8-ter).
type Agreement struct {
	Number         Whole                  `json:"number"`
	State          Word                   `json:"state"`
	Title          string                 `json:"title"`
	DocumentSHA256 string                 `json:"document_sha256"`
	Parties        []AgreementParty       `json:"parties"`
	Deliveries     []AgreementDelivery    `json:"deliveries"`
	ProposedBy     string                 `json:"proposed_by"`
	ProposedAt     Instant                `json:"proposed_at"`
	SignUntil      Instant                `json:"sign_until"`
	InForceAt      Instant                `json:"in_force_at"`
	EndedAt        Instant                `json:"ended_at"`
	Reason         string                 `json:"reason"`
	Consequences   []AgreementConsequence `json:"consequences"`
}

// AgreementParty is bound by an agreement.
type AgreementParty struct {
	Participant         string  `json:"participant"`
	SignedAt            Instant `json:"signed_at"`
	IdentificationMeans string  `json:"identification_means"`
}

// AgreementDelivery is what one party owes another by a time.
type AgreementDelivery struct {
	Seller         string   `json:"seller"`
	Buyer          string   `json:"buyer"`
	GTIN           string   `json:"gtin"`
	Quantity       Quantity `json:"quantity"`
	DueAt          Instant  `json:"due_at"`
	Attested       bool     `json:"attested"`
	PenaltyPerUnit Whole    `json:"penalty_per_unit"`
	Penalty        Whole    `json:"penalty"`
	Delivered      Whole    `json:"delivered"`
	NotCounted     Whole    `json:"not_counted"`
	PerformedAt    Instant  `json:"performed_at"`
}

// AgreementConsequence is what a party owes by a breach.
type AgreementConsequence struct {
	Delivery    Whole   `json:"delivery"`
	Debtor      string  `json:"debtor"`
	Creditor    string  `json:"creditor"`
	Missing     Whole   `json:"missing"`
	AmountCents Whole   `json:"amount_cents"`
	RecordedAt  Instant `json:"recorded_at"`
	SettledAt   Instant `json:"settled_at"`
}

// AgreementDetail is an agreement.
type AgreementDetail struct {
	Agreement Agreement `json:"agreement"`
}
