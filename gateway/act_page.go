package gateway

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// actPageRoute is where the QR code of a receipt leads.
const actPageRoute = "GET /acts/{id}"

// mostPageLines bounds what one page lists.
const mostPageLines = 50

// actWords are what the page of an act says beside the words of all pages.
var actWords = map[string]map[string]string{
	"it": {
		"journey": "Che cosa ne è stato", "links": "Dove si trovano i documenti", "elsewhere": "Sono pagine di altri: il documento è quello se la sua impronta è la stessa.",
		"body": "Emanato da", "date": "Data dell'atto", "basis": "Base giuridica", "document": "Documento (SHA-256)", "inner": "Firmato al suo interno (SHA-256)", "deposited": "Depositato", "vouched": "Attestato da",
		"nobody": "nessuno: il deposito non dice che l'atto sia autentico", "kind": "Tipo", "in_force": "In vigore, per quanto dicono gli atti nel registro.", "not_yet": "Non ancora in vigore.", "revoked": "Revocato.", "repealed": "Abrogato.",
		"expired": "Non più in vigore: il termine è passato.", "unknown": "Il registro non ha un atto con questo identificativo.", "stamp": "Marca temporale",
		"worth": "La registrazione è una validazione temporale elettronica (Reg. (UE) 910/2014, art. 41), non qualificata; il registro non è un registro elettronico qualificato.",
		"1":     "approvato da", "2": "modificato da", "3": "risorse trasferite da", "4": "rettificato da", "6": "revocato da", "7": "abrogato da",
	},
	"en": {
		"journey": "What became of it", "links": "Where the documents can be had", "elsewhere": "These pages are others': a document is the one if its hash is the same.",
		"body": "Issued by", "date": "Date of the act", "basis": "Legal basis", "document": "Document (SHA-256)", "inner": "Signed in it (SHA-256)", "deposited": "Deposited", "vouched": "Vouched for by",
		"nobody": "nobody: the deposit does not say that the act is genuine", "kind": "Kind", "in_force": "In force, as far as the acts on the ledger tell.", "not_yet": "Not in force yet.", "revoked": "Revoked.", "repealed": "Repealed.",
		"expired": "No longer in force: its time is over.", "unknown": "The ledger has no act of this id.", "stamp": "Time stamp",
		"worth": "The record is an electronic time stamp (Reg. (EU) 910/2014, art. 41), not qualified; the ledger is not a qualified electronic ledger.",
		"1":     "approved by", "2": "amended by", "3": "money moved by", "4": "rectified by", "6": "revoked by", "7": "repealed by",
	},
}

// actPage shows an act to whoever followed the code of a receipt.
func (g *Gateway) actPage(w http.ResponseWriter, r *http.Request) {
	words := maps.Clone(g.wordsOf(r))
	maps.Copy(words, actWords[words["lang"]])
	p := &linkPage{W: words, Tone: "bad"}
	if err := g.fillActPage(r, p, r.PathValue("id")); err != nil {
		var refused *Problem
		if !errors.As(g.fail(err), &refused) {
			refused = errInternal()
		}
		if refused.Status != http.StatusNotFound {
			refused.write(w)
			return
		}
		p.status, p.Headline, p.Text = http.StatusNotFound, words["unknown"], clip(r.PathValue("id"))
	}
	g.render(w, p)
}

func (g *Gateway) fillActPage(r *http.Request, p *linkPage, id string) error {
	day, err := g.italianDay(r.Context())
	if err != nil {
		return err
	}
	var a *ledgerv1.Act
	var height int64
	err = g.c.Ledger.View(func(v View) error {
		height = v.Height()
		a, err = actAt(v, id)
		return err
	})
	if err != nil {
		return err
	}
	standing, end := acts.At(a, day)
	p.Title, p.Headline, p.Text = a.GetSubject(), p.W[string(standing)], p.W["worth"]
	if p.Tone = "good"; standing == acts.NotYet {
		p.Tone = "fair"
	} else if standing != acts.InForce {
		p.Tone = "bad"
	}
	changes := acts.Changes(a, day)
	if end != nil {
		changes = append(changes, end)
	}
	for _, c := range changes[max(0, len(changes)-mostPageLines):] {
		p.Steps = append(p.Steps, fmt.Sprintf("%s · %s %s", c.GetEffectiveFrom(), p.W[fmt.Sprint(int32(c.GetKind()))], c.GetFrom()))
	}
	p.actFacts(a)
	p.fact("ledger", fmt.Sprintf("%s, %s %d, %s", g.c.Ledger.ChainID(), p.W["block"], height, day))
	p.Record = "/v1/acts/" + url.PathEscape(id)
	p.Command = "filiera act verify FILE"
	return nil
}

func (p *linkPage) actFacts(a *ledgerv1.Act) {
	p.fact("id", a.GetId())
	p.fact("kind", strings.ReplaceAll(acts.KindWord(a.GetKind()), "-", " "))
	p.fact("body", a.GetBodyName())
	p.fact("date", a.GetDate())
	for _, line := range a.GetLegalBasis() {
		p.fact("basis", line)
	}
	for _, cup := range a.GetCups() {
		p.Facts = append(p.Facts, pageFact{"CUP", cup})
	}
	for _, d := range a.GetDocuments() {
		p.fact("document", strings.TrimSpace(hex.EncodeToString(d.GetSha256())+" "+d.GetTitle()))
		p.fact("inner", hex.EncodeToString(d.GetInnerSha256()))
		if d.GetStampedAt() != 0 {
			p.fact("stamp", shownTime(d.GetStampedAt()))
		}
		for _, u := range d.GetUrls() {
			p.Links = append(p.Links, pageLink{Href: u, Title: u, Type: d.GetMediaType()})
		}
	}
	p.fact("deposited", fmt.Sprintf("%s, %s %d, %s", shownTime(a.GetDepositedAt()), p.W["block"], a.GetDepositedHeight(), a.GetDepositedBy()))
	for _, v := range a.GetVouchings() {
		p.fact("vouched", fmt.Sprintf("%s, %s: «%s»", v.GetParticipant(), shownTime(v.GetVouchedAt()), v.GetStatement()))
	}
	if len(a.GetVouchings()) == 0 {
		p.fact("vouched", p.W["nobody"])
	}
}

func shownTime(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04:05 UTC") }
