package story

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/batchfile"
	"github.com/filiera-chain/filiera/quantity"
)

// Participant is an entry of participants.yaml. Days are YYYY-MM-DD, the last
// one included; an empty Until is open.
type Participant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Example marks a firm that does not exist.
	Example        bool            `json:"example"`
	VAT            string          `json:"vat"`
	GLN            string          `json:"gln"`
	Roles          []Role          `json:"roles"`
	Accreditations []Accreditation `json:"accreditations"`
}

// Role is a role asked for, named as in "producer".
type Role struct {
	Role           string   `json:"role"`
	Specifications []string `json:"specifications"`
	Places         []string `json:"places"`
	From           string   `json:"from"`
	Until          string   `json:"until"`
}

// Accreditation lets a certifier attest a specification.
type Accreditation struct {
	Specification string `json:"specification"`
	From          string `json:"from"`
	Until         string `json:"until"`
	Reference     string `json:"reference"`
}

// Specification is specification.yaml.
type Specification struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Scheme  string `json:"scheme"`
	Version struct {
		LegalBasis     string        `json:"legal_basis"`
		Document       string        `json:"document"`
		Municipalities []string      `json:"municipalities"`
		InForceFrom    string        `json:"in_force_from"`
		Requirements   []Requirement `json:"requirements"`
	} `json:"version"`
	// DocumentSHA256 is of the document, as written.
	DocumentSHA256 [32]byte `json:"-"`
}

// Requirement is a control point.
type Requirement struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	TextIT string `json:"text_it"`
	TextEN string `json:"text_en"`
}

// Product is product.yaml.
type Product struct {
	GTIN          string `json:"gtin"`
	Name          string `json:"name"`
	Specification string `json:"specification"`
	Owner         string `json:"owner"`
	BaseUnit      string `json:"base_unit"`
	NetContent    struct {
		Amount int64  `json:"amount"`
		Unit   string `json:"unit"`
	} `json:"net_content"`
}

// read reads the records back from the files, so that what programs use and
// what people see are one.
func (s *Story) read() error {
	var people struct {
		Participants []Participant `json:"participants"`
	}
	for _, f := range []struct {
		path string
		into any
	}{{s.ParticipantsFile, &people}, {s.SpecificationFile, &s.Specification}, {s.ProductFile, &s.Product}} {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		if err := yaml.UnmarshalStrict(data, f.into); err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
	}
	s.Participants = people.Participants
	document, err := os.ReadFile(s.SpecificationDocument)
	s.Specification.DocumentSHA256 = sha256.Sum256(document)
	return err
}

// Participant finds one by its id, or gives nil.
func (s *Story) Participant(id string) *Participant {
	for i := range s.Participants {
		if s.Participants[i].ID == id {
			return &s.Participants[i]
		}
	}
	return nil
}

// Is says whether the participant asks for a role.
func (p *Participant) Is(role string) bool {
	for _, r := range p.Roles {
		if r.Role == role {
			return true
		}
	}
	return false
}

// AlternateIDs are the participant's other names.
func (p *Participant) AlternateIDs() []*registryv1.AlternateID {
	var ids []*registryv1.AlternateID
	if p.VAT != "" {
		ids = append(ids, &registryv1.AlternateID{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_VAT_IT, Value: p.VAT})
	}
	if p.GLN != "" {
		ids = append(ids, &registryv1.AlternateID{Scheme: registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN, Value: p.GLN})
	}
	return ids
}

// Grants are the roles that an enrolment can give: all but that of authority,
// which is given by decision.
func (p *Participant) Grants() ([]*registryv1.NewGrant, error) {
	var grants []*registryv1.NewGrant
	for _, r := range p.Roles {
		role, known := registryv1.Role_value["ROLE_"+strings.ToUpper(r.Role)]
		if !known {
			return nil, fmt.Errorf("%s: role %q is not known", p.ID, r.Role)
		}
		if registryv1.Role(role) == registryv1.Role_ROLE_AUTHORITY {
			continue
		}
		from, until, err := span(r.From, r.Until)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", p.ID, r.Role, err)
		}
		grants = append(grants, &registryv1.NewGrant{
			Role: registryv1.Role(role), Specifications: r.Specifications, Places: r.Places, ValidFrom: from, ValidUntil: until,
		})
	}
	return grants, nil
}

// Accredits are the acts that accredit the participant.
func (p *Participant) Accredits() ([]*registryv1.MsgAccredit, error) {
	var acts []*registryv1.MsgAccredit
	for _, a := range p.Accreditations {
		from, until, err := span(a.From, a.Until)
		if err != nil {
			return nil, fmt.Errorf("%s, accreditation: %w", p.ID, err)
		}
		acts = append(acts, &registryv1.MsgAccredit{
			Certifier: p.ID, Specification: a.Specification, ValidFrom: from, ValidUntil: until, Reference: a.Reference,
		})
	}
	return acts, nil
}

// span turns days into seconds: the first of from, and the first after until.
func span(from, until string) (first, end int64, err error) {
	f, err := time.Parse(time.DateOnly, from)
	if err != nil || until == "" {
		return f.Unix(), 0, err
	}
	u, err := time.Parse(time.DateOnly, until)
	return f.Unix(), u.AddDate(0, 0, 1).Unix(), err
}

// RegisterSpecification is the act that registers the specification.
func (s *Story) RegisterSpecification() *productv1.MsgRegisterSpecification {
	v := &productv1.NewVersion{
		LegalBasis: s.Specification.Version.LegalBasis, DocumentSha256: s.Specification.DocumentSHA256[:],
		Municipalities: s.Specification.Version.Municipalities, InForceFrom: s.Specification.Version.InForceFrom,
	}
	for _, r := range s.Specification.Version.Requirements {
		v.Requirements = append(v.Requirements, &productv1.Requirement{Id: r.ID, Clause: r.Clause, TextIt: r.TextIT, TextEn: r.TextEN})
	}
	scheme := productv1.Scheme(productv1.Scheme_value["SCHEME_"+s.Specification.Scheme])
	return &productv1.MsgRegisterSpecification{Id: s.Specification.ID, Name: s.Specification.Name, Scheme: scheme, Version: v}
}

// RegisterProduct is the act that registers the product, by its owner.
func (s *Story) RegisterProduct() *productv1.MsgRegisterProduct {
	p := &s.Product
	return &productv1.MsgRegisterProduct{
		Gtin: p.GTIN, Specification: p.Specification, Name: p.Name, BaseUnit: p.BaseUnit,
		NetContent: &basev1.Quantity{Amount: p.NetContent.Amount, Unit: p.NetContent.Unit},
	}
}

// RegisterBatches are the acts that register the rows of the table, by the
// owner of the product.
func (s *Story) RegisterBatches() ([]*productv1.MsgRegisterBatch, error) {
	data, err := os.ReadFile(s.BatchesFile)
	if err != nil {
		return nil, err
	}
	rows, problems, err := batchfile.ReadAll(bytes.NewReader(data), batchfile.Options{})
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, batchfile.Problems(problems)
	}
	var acts []*productv1.MsgRegisterBatch
	for _, r := range rows {
		amount, err := quantity.ToBase(r.Quantity, r.Unit, s.Product.BaseUnit)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", r.Line, err)
		}
		acts = append(acts, &productv1.MsgRegisterBatch{
			Gtin: r.GTIN, Lot: r.Lot, Quantity: &basev1.Quantity{Amount: amount, Unit: s.Product.BaseUnit},
			ProductionDate: r.ProductionDate, ExpiryDate: r.ExpiryDate, Place: r.Place,
		})
	}
	return acts, nil
}
