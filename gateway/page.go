package gateway

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

var pageTemplate = template.Must(template.ParseFS(assets, "page.html"))

// linkPage is what a person who followed a label's code is shown.
type linkPage struct {
	W        map[string]string
	Tone     string // good, bad or fair: the colour of the headline
	Headline string
	Text     string
	Title    string
	Facts    []pageFact
	Rules    []pageRule
	Reasons  []string
	// Notices are what the public is told of recalls.
	Notices []string
	Steps   []string
	Links   []pageLink
	Code    *codeForm // asks for the code under the cap
	Record  string    // path of the same as JSON
	Command string    // how to check it without believing this page

	json   any
	status int
}

// codeForm is what goes with the code that somebody types.
type codeForm struct{ GTIN, Lot, Serial, Proof string }

type pageFact struct{ Name, Value string }

// pageRule is a rule of the specification that a contract judged.
type pageRule struct {
	Met      bool
	Sentence string
}

type pageLink struct{ Href, Title, Languages, Type string }

func (p *linkPage) fact(name, value string) {
	if value != "" {
		p.Facts = append(p.Facts, pageFact{p.W[name], value})
	}
}

func (g *Gateway) render(w http.ResponseWriter, p *linkPage) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		g.log.Error("a page could not be made", "err", err)
		errInternal().write(w)
		return
	}
	if p.Code != nil {
		csp := w.Header().Get("Content-Security-Policy")
		w.Header().Set("Content-Security-Policy", strings.Replace(csp, "form-action 'none'", "form-action 'self'", 1))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.W["lang"])
	if p.status == 0 {
		p.status = http.StatusOK
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(b.Bytes())
}

// language of a page: the query's, else the browser's, else Italian.
func pageLanguage(r *http.Request) string {
	in := VerifyIn{Accepted: r.Header.Get("Accept-Language")}
	if lang := r.URL.Query().Get("lang"); lang == "it" || lang == "en" {
		in.Lang = lang
	}
	return in.lang()
}

func (g *Gateway) wordsOf(r *http.Request) map[string]string { return pageWords[pageLanguage(r)] }

// pageOf gathers what is shown of a path; nil when nothing is known.
func (g *Gateway) pageOf(r *http.Request, path gs1.Elements) (*linkPage, error) {
	p := &linkPage{W: g.wordsOf(r)}
	switch {
	case path[0].AI == "01" && path.Lot() != "":
		return p, g.batchPage(r, p, path)
	case path[0].AI == "01":
		return g.productPage(p, path)
	case path[0].AI == "414":
		return g.placePage(p, path)
	}
	return nil, nil
}

func (g *Gateway) batchPage(r *http.Request, p *linkPage, path gs1.Elements) error {
	in := &VerifyIn{BatchPath: BatchPath{GTIN: path.GTIN(), Lot: path.Lot()}, Lang: p.W["lang"], Depth: 1}
	a, err := g.verify(r.Context(), in, verify.Item{Serial: path.Serial(), Proof: r.URL.Query().Get("unit_proof")})
	if err != nil {
		return err
	}
	a.Serial = path.Serial()
	p.json, p.Headline, p.Tone = a, a.Headline, toneOf(a.Verdict)
	if a.Verdict == verify.Unknown {
		p.status = http.StatusNotFound
	}
	p.Title = a.GTIN
	if a.Product != nil {
		p.Title = a.Product.Name
	}
	p.fact("gtin", a.GTIN)
	p.fact("lot", a.Lot)
	p.fact("serial", a.Serial)
	p.batchFacts(a.Answer)
	for _, reason := range a.Reasons {
		p.Reasons = append(p.Reasons, reason.Sentence)
	}
	for _, x := range a.Recalls {
		if x.InForce && x.Notice != "" {
			p.Notices = append(p.Notices, x.Notice)
		}
	}
	for _, c := range a.ContractResults {
		p.Rules = append(p.Rules, pageRule{c.Passed, c.Sentence})
	}
	for _, e := range a.Journey {
		p.Steps = append(p.Steps, stepLine(e))
	}
	p.Record = "/v1/verify/01/" + a.GTIN + "/10/" + gs1.Elements{{AI: "10", Value: a.Lot}}.PathString()[len("/10/"):]
	p.Command = "filiera verify " + a.GTIN + " " + a.Lot + " --proof"
	p.unitFacts(a.Answer.Unit)
	if u := a.Answer.Unit; u != nil && g.c.Relay != nil && u.Run != 0 {
		p.Code = &codeForm{a.GTIN, a.Lot, u.Serial, r.URL.Query().Get("unit_proof")}
	}
	return g.addLinks(p, a.GTIN, a.Lot)
}

func (p *linkPage) batchFacts(a *verify.Answer) {
	if a.Producer != nil {
		p.fact("producer", a.Producer.Name)
	}
	if a.Specification != nil {
		p.fact("specification", a.Specification.Name)
	}
	if b := a.Batch; b != nil {
		p.fact("produced", b.ProductionDate)
		p.fact("expires", b.ExpiryDate)
		p.fact("place", b.Place)
	}
	for _, t := range a.Attestations {
		p.fact("certificate", t.Certifier.Name+", "+t.StandingText)
	}
	p.fact("ledger", fmt.Sprintf("%s, %s %d, %s", a.Ledger.ChainID, p.W["block"], a.Ledger.Height, a.Ledger.Time))
}

func (p *linkPage) unitFacts(u *verify.UnitView) {
	if u == nil {
		return
	}
	p.fact("unit", p.W["unit."+u.Status])
	p.fact("unit.revealed", u.AcquittedAt)
	if u.Reveals > 1 {
		p.fact("unit.reveals", strconv.Itoa(int(u.Reveals)))
		p.fact("unit.last", u.LastRevealedAt)
	}
}

func stepLine(e verify.EventView) string {
	day, _, _ := strings.Cut(e.LocalTime, "T")
	parts := []string{day, e.StepText}
	if e.Actor != nil && e.Actor.Name != "" {
		parts = append(parts, e.Actor.Name)
	}
	for _, place := range []*verify.PlaceView{e.PlaceRecord, e.LocationRecord} {
		if place != nil {
			parts = append(parts, strings.TrimSpace(place.Name+" "+istat(place.Municipality)))
			break
		}
	}
	return strings.Join(parts, " · ")
}

func istat(code string) string {
	if code == "" {
		return ""
	}
	return "(ISTAT " + code + ")"
}

func toneOf(v verify.Verdict) string {
	switch v {
	case verify.Authentic:
		return "good"
	case verify.Recalled, verify.Suspicious, verify.Unknown, verify.Expired:
		return "bad"
	}
	return "fair"
}

func (g *Gateway) productPage(p *linkPage, path gs1.Elements) (*linkPage, error) {
	it, err := fetch[productv1.Product](g, statekey.Product(path.GTIN()))
	if err != nil || it == nil {
		return nil, err
	}
	p.Title, p.Headline, p.Text, p.Record = it.GetName(), p.W["product"], p.W["lot.needed"], "/v1/products/"+it.GetGtin()
	p.fact("gtin", it.GetGtin())
	p.fact("specification", it.GetSpecification())
	p.fact("owner", it.GetOwner())
	p.json = record(it)
	return p, g.addLinks(p, it.GetGtin(), "")
}

func (g *Gateway) placePage(p *linkPage, path gs1.Elements) (*linkPage, error) {
	id := gs1.LocationID{GLN: path[0].Value}
	id.Extension, _ = path.Get("254")
	var d LocationDetail
	err := g.c.Ledger.View(func(v View) (err error) {
		d, err = locationDetail(v, gs1.LocationIDs(id.URI()))
		return err
	})
	if err != nil || d.location == nil {
		return nil, err
	}
	details := d.location.GetDetails()
	p.Title, p.Headline, p.json = details.GetName(), p.W["location"], d
	p.Record = "/v1/locations/" + d.location.GetId()
	p.fact("id", d.location.GetId())
	p.fact("owner", d.location.GetOwner())
	p.fact("kind", word(details.GetKind().Descriptor(), details.GetKind().Number()))
	p.fact("place", details.GetMunicipality()+details.GetCountry())
	p.fact("state", word(d.location.GetStatus().Descriptor(), d.location.GetStatus().Number()))
	return p, nil
}

// addLinks shows what the owner points to, of the batch and then of the product.
func (g *Gateway) addLinks(p *linkPage, gtin, lot string) error {
	of := []string{""}
	if lot != "" {
		of = []string{lot, ""}
	}
	return g.c.Ledger.View(func(v View) error {
		for _, l := range of {
			list, err := descriptions(v, gtin, l)
			if err != nil {
				return err
			}
			for _, d := range list {
				if href, open := filled(d.GetLink().GetHref(), gtin, lot); d.GetWithdrawnAt() == 0 && !open {
					p.Links = append(p.Links, pageLink{href, d.GetLink().GetTitle(), strings.Join(d.GetLink().GetLanguages(), ", "), d.GetLink().GetMediaType()})
				}
			}
		}
		return nil
	})
}

// filled fills the variables of a link, and says whether one stays open.
func filled(href, gtin, lot string) (string, bool) {
	href = strings.ReplaceAll(href, "{gtin}", gtin)
	if lot != "" {
		href = strings.ReplaceAll(href, "{lot}", gs1.Elements{{AI: "10", Value: lot}}.PathString()[len("/10/"):])
	}
	return href, strings.Contains(href, "{")
}

var pageWords = map[string]map[string]string{
	"it": {
		"lang": "it", "gtin": "GTIN", "lot": "Lotto", "serial": "Numero di serie", "producer": "Produttore", "specification": "Disciplinare", "owner": "Titolare",
		"produced": "Prodotto il", "expires": "Scade il", "place": "Comune (codice ISTAT)", "certificate": "Certificato", "ledger": "Registro", "block": "blocco",
		"reasons": "Perché", "rules": "Le regole del disciplinare, controllate dal registro", "met": "rispettata", "unmet": "non rispettata", "journey": "Il percorso", "links": "Altre informazioni indicate dal titolare", "elsewhere": "Sono pagine di altri: il registro non risponde di ciò che dicono.",
		"product": "Prodotto registrato.", "lot.needed": "Per sapere se una confezione è autentica serve il lotto stampato sull'etichetta: aggiungi /10/ e il lotto all'indirizzo di questa pagina.",
		"location": "Luogo registrato.", "id": "Identificativo", "kind": "Tipo", "state": "Stato", "json": "Gli stessi dati per i programmi", "check": "Per controllare senza fidarsi di questa pagina",
		"failed": "Il codice non porta a nulla.", "unknown": "Di questo codice il registro non sa nulla:", "choose": "Ci sono più pagine adatte: sceglierne una.",
		"unit": "Confezione", "unit.in_batch": "del lotto, provato", "unit.void": "etichetta annullata", "unit.acquitted": "del lotto, codice già rivelato una volta",
		"unit.revealed_again": "codice rivelato più volte", "unit.unknown": "non è tra quelle registrate", "unit.proof_wrong": "la prova non torna", "unit.not_proven": "non provato",
		"unit.revealed": "Codice rivelato la prima volta", "unit.reveals": "Volte", "unit.last": "L'ultima volta",
		"code": "Il codice sotto il tappo", "code.why": "Quando apri la confezione, scrivi qui il codice che trovi sotto il tappo: se qualcuno l'ha già usato, l'etichetta può essere copiata. Si registrano data e ora, e niente di te.",
		"code.send": "Controlla e registra", "code.failed": "Il codice non è stato registrato.", "code.first": "Codice giusto: è la prima volta che viene rivelato.",
		"code.first.text": "È stato registrato adesso. Da ora in poi, chi trova lo stesso codice su un'altra confezione saprà che è una copia.",
		"code.again":      "Attenzione: questo codice era già stato rivelato.", "code.again.text": "È stato rivelato %d volte, la prima il %s. Se non sei stato tu, l'etichetta può essere copiata: dillo al venditore o al produttore.",
		"code.void": "Attenzione: questa etichetta è annullata.", "code.void.text": "Il produttore l'ha tolta dalla circolazione: non dovrebbe essere su nessuna confezione.",
		"problem.unit.wrong_code": "Il codice non è quello di questa confezione: riscrivilo come sta sotto il tappo.", "problem.unit.no_tree": "Questa pagina non ha ciò che serve per riconoscere la confezione: segui il codice sull'etichetta.",
		"problem.code.invalid": "Il codice non è scritto bene: ha 16 tra cifre e lettere, come sta sotto il tappo.", "problem.unit.no_relay": "Questo nodo non registra codici: usa la pagina del produttore.",
		"other": "English", "other.lang": "en",
	},
	"en": {
		"lang": "en", "gtin": "GTIN", "lot": "Batch", "serial": "Serial number", "producer": "Producer", "specification": "Specification", "owner": "Owner",
		"produced": "Produced on", "expires": "Expires on", "place": "Municipality (ISTAT code)", "certificate": "Certificate", "ledger": "Ledger", "block": "block",
		"reasons": "Why", "rules": "The rules of the specification, checked by the ledger", "met": "met", "unmet": "not met", "journey": "The journey", "links": "More, as the owner points to it", "elsewhere": "These pages are others': the ledger does not answer for what they say.",
		"product": "A registered product.", "lot.needed": "To know whether a pack is authentic, the batch printed on the label is needed: add /10/ and the batch to the address of this page.",
		"location": "A registered place.", "id": "Identifier", "kind": "Kind", "state": "State", "json": "The same for programs", "check": "To check without believing this page",
		"failed": "The code leads to nothing.", "unknown": "The ledger knows nothing of this code:", "choose": "Several pages fit: choose one.",
		"unit": "Item", "unit.in_batch": "of the batch, proven", "unit.void": "void label", "unit.acquitted": "of the batch, code revealed once before",
		"unit.revealed_again": "code revealed more than once", "unit.unknown": "not among those recorded", "unit.proof_wrong": "the proof does not hold", "unit.not_proven": "not proven",
		"unit.revealed": "Code first revealed", "unit.reveals": "Times", "unit.last": "Last time",
		"code": "The code under the cap", "code.why": "When you open the pack, type the code that you find under its cap: if somebody used it before, the label may be a copy. Date and time are recorded, and nothing of you.",
		"code.send": "Check and record", "code.failed": "The code was not recorded.", "code.first": "The right code, revealed for the first time.",
		"code.first.text": "It was recorded just now. From now on, who finds the same code on another pack will know that it is a copy.",
		"code.again":      "Beware: this code had been revealed before.", "code.again.text": "It was revealed %d times, first on %s. Unless it was you, the label may be a copy: tell the seller or the producer.",
		"code.void": "Beware: this label is void.", "code.void.text": "The producer took it out: it should be on nothing.",
		"other": "Italiano", "other.lang": "it",
	},
}
