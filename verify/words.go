package verify

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// words speaks one of the two languages.
type words struct{ en bool }

// wordsFor speaks English for "en" and "en-…", else Italian, the language of the label.
func wordsFor(lang string) words {
	lang = strings.ToLower(lang)
	return words{en: lang == "en" || strings.HasPrefix(lang, "en-") || strings.HasPrefix(lang, "en_")}
}

func (w words) lang() string { return w.pick("it", "en") }

func (w words) pick(it, en string) string {
	if w.en {
		return en
	}
	return it
}

var monthsIT = [...]string{
	"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
	"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
}

// date writes a calendar day in words.
func (w words) date(t time.Time) string {
	if w.en {
		return t.Format("2 January 2006")
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1º"
	}
	return fmt.Sprintf("%s %s %d", day, monthsIT[t.Month()-1], t.Year())
}

// on is a day with the article that Italian wants before it: "il 3 marzo", "l'8 marzo".
func (w words) on(t time.Time) string { return w.article(t, "on ", "il ", "l'") }

// until is a day as the end of a span, that day included.
func (w words) until(t time.Time) string { return w.article(t, "until ", "fino al ", "fino all'") }

// since is a day as the start of a span.
func (w words) since(t time.Time) string { return w.article(t, "since ", "dal ", "dall'") }

func (w words) article(t time.Time, en, it, itVowel string) string {
	if w.en {
		return en + w.date(t)
	}
	if t.Day() == 8 || t.Day() == 11 { // otto, undici
		return itVowel + w.date(t)
	}
	return it + w.date(t)
}

// day reads YYYY-MM-DD; text that is none is given back as it is.
func (w words) day(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return w.date(t)
}

func (w words) onDay(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return w.on(t)
}

func utc(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

// because adds a reason to a sentence, when one was written.
func (w words) because(reason string) string {
	reason = strings.TrimRight(strings.TrimSpace(reason), ".")
	if reason == "" {
		return "."
	}
	return w.pick(". Motivo: ", ". Reason given: ") + reason + "."
}

// count writes a number of things.
func (w words) count(n int, itOne, itMany, enOne, enMany string) string {
	one, many := w.pick(itOne, enOne), w.pick(itMany, enMany)
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

var unitSigns = map[string]string{
	"KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "LTR": "l", "MLT": "ml", "CLT": "cl", "HLT": "hl",
	"MTQ": "m³", "MTR": "m", "HAR": "ha",
}

// quantity writes an amount with the sign people know for its unit.
func (w words) quantity(amount int64, unit string) string {
	n := strconv.FormatInt(amount, 10)
	if unit == "H87" || unit == "C62" || unit == "EA" {
		if amount == 1 {
			return n + w.pick(" pezzo", " piece")
		}
		return n + w.pick(" pezzi", " pieces")
	}
	if sign, ok := unitSigns[unit]; ok {
		return n + " " + sign
	}
	return strings.TrimSpace(n + " " + unit)
}

// headline is the verdict in a sentence.
func (w words) headline(v Verdict) string {
	switch v {
	case Authentic:
		return w.pick("Prodotto autentico: un organismo di controllo ha certificato questo lotto.", "Authentic: a control body has certified this batch.")
	case AuthenticWithWarnings:
		return w.pick("Prodotto certificato, con avvertenze da leggere.", "Certified, with warnings to read.")
	case NotCertified:
		return w.pick("Per questo lotto non c'è un certificato valido.", "There is no valid certificate for this batch.")
	case Suspended:
		return w.pick("La certificazione di questo lotto è sospesa.", "The certification of this batch is suspended.")
	case Recalled:
		return w.pick("Lotto richiamato: non consumarlo e riportalo al venditore.", "Recalled: do not consume this batch, take it back to the seller.")
	case Expired:
		return w.pick("Scaduto.", "Expired.")
	case Suspicious:
		return w.pick("Attenzione: i dati registrati per questo lotto si contraddicono.", "Beware: what is recorded for this batch contradicts itself.")
	}
	return w.pick("Questo lotto non risulta registrato.", "This batch is not registered.")
}

// standing is an attestation's standing in words.
func (w words) standing(s Standing) string {
	switch s {
	case StandingInForce:
		return w.pick("valido", "valid")
	case StandingNotYet:
		return w.pick("non ancora valido", "not yet valid")
	case StandingPending:
		return w.pick("in attesa della seconda firma", "awaiting the second signature")
	case StandingSuspended:
		return w.pick("sospeso", "suspended")
	case StandingExpired:
		return w.pick("scaduto", "expired")
	case StandingRevoked:
		return w.pick("revocato", "revoked")
	}
	return w.pick("sostituito", "replaced")
}

// line is a word of a history in words; what is not known stands as it is.
func (w words) line(status string) string {
	it, ok := map[string]string{
		"issued": "rilasciato", "pending": "in attesa della seconda firma", "reduced": "ridotto", "suspended": "sospeso", "reinstated": "riattivato", "revoked": "revocato",
		"replaced": "sostituito", "expired": "scaduto", "active": "attivo",
	}[status]
	if !ok || w.en {
		return status
	}
	return it
}

// errorReason says in words why an event was wrong. Source: CBV 2.0, section 7.5.
func (w words) errorReason(uri string) string {
	switch strings.TrimPrefix(uri, "https://ref.gs1.org/cbv/ER-") {
	case "did_not_occur":
		return w.pick("Dichiarato errato: non è mai avvenuto.", "Declared wrong: it did not happen.")
	case "incorrect_data":
		return w.pick("Dichiarato errato: i dati non erano giusti.", "Declared wrong: its data were not right.")
	}
	return w.pick("Dichiarato errato.", "Declared wrong.")
}
