// Package report writes the traceability report of one batch that Reg. (EC)
// 178/2002, art. 18, has food businesses hand to the authorities: one step back and
// one step forward. A report is what a node answers; this package only sets it as a
// sheet (CSV, RFC 4180) or a document (PDF). Pure; safe for concurrent use. The same
// report gives the same bytes.
package report

// Article18 is the report of one batch. Texts are as the ledger has them; amounts are
// in base units of the product.
type Article18 struct {
	GTIN           string            `json:"gtin" doc:"14 digits"`
	Lot            string            `json:"lot"`
	Product        string            `json:"product" doc:"Name of the trade item"`
	Owner          PartyName         `json:"owner" doc:"Who answers for the batch"`
	Specification  string            `json:"specification,omitempty"`
	Version        int64             `json:"version,omitempty"`
	ProductionDate string            `json:"production_date" doc:"YYYY-MM-DD"`
	ExpiryDate     string            `json:"expiry_date,omitempty"`
	Place          string            `json:"place" doc:"ISTAT code of the municipality"`
	Status         string            `json:"status"`
	Balance        BalanceOf         `json:"balance"`
	Back           []Move            `json:"back" doc:"One step back: of what it was made, and from whom it came"`
	Forward        []Move            `json:"forward" doc:"One step forward: what was made of it, and to whom it went"`
	Holders        []HolderOf        `json:"holders" doc:"Who has some of it now"`
	Certificates   []CertificateLine `json:"certificates"`
	Ledger         StateOf           `json:"ledger"`
	More           bool              `json:"more" doc:"Entries lie beyond what one report holds; page through them with /entries"`
}

// PartyName is a participant.
type PartyName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// BalanceOf accounts for the whole batch: entered = left + consumed + moved +
// written_off + sold.
type BalanceOf struct {
	Unit       string `json:"unit" doc:"UN/ECE"`
	Entered    int64  `json:"entered"`
	Left       int64  `json:"left"`
	Consumed   int64  `json:"consumed"`
	Moved      int64  `json:"moved"`
	WrittenOff int64  `json:"written_off"`
	Sold       int64  `json:"sold"`
}

// Move is one line: a movement of matter, or of goods from hand to hand.
type Move struct {
	Entry  int64     `json:"entry" doc:"Number in the book of matter"`
	Day    string    `json:"day" doc:"YYYY-MM-DD, as stated"`
	Told   string    `json:"told" doc:"YYYY-MM-DD of the block"`
	Kind   string    `json:"kind" doc:"harvest, transformation, split, merge, sale, return, write_off, transfer or opening"`
	What   string    `json:"what" doc:"The other batch, the land, or what came from outside"`
	Amount int64     `json:"amount" doc:"In base units of the other side's product"`
	Unit   string    `json:"unit"`
	From   PartyName `json:"from"`
	To     PartyName `json:"to"`
	Note   string    `json:"note,omitempty"`
}

// HolderOf has some of the batch.
type HolderOf struct {
	PartyName
	Left int64 `json:"left"`
}

// CertificateLine is a certificate.
type CertificateLine struct {
	ID        string    `json:"id"`
	Certifier PartyName `json:"certifier"`
	State     string    `json:"state"`
	Until     string    `json:"valid_until" doc:"Last day, YYYY-MM-DD"`
	Amount    int64     `json:"amount" doc:"Base units that it attests of this batch"`
}

// StateOf says of which state the report speaks.
type StateOf struct {
	ChainID string `json:"chain_id"`
	Height  int64  `json:"height"`
	Time    string `json:"time" doc:"RFC 3339"`
	AppHash string `json:"app_hash" doc:"Hex; root of the state"`
}
